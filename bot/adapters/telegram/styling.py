"""A message's words as Telegram takes them: text, and entities counted in UTF-16 units.

Entities rather than HTML, so that nothing in a text can be mistaken for markup and no tag can be
cut in two (core.telegram.org/bots/api#messageentity, core.telegram.org/api/entities).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from bot.chat.cleaning import clean_line
from bot.chat.errors import ChatError
from bot.chat.markup import Span, SpanKind, Styled, parse, split, utf16_length
from bot.chat.messages import Message

TEXT_LIMIT: Final = 4096
"""UTF-16 units of one message (Bot API, sendMessage)."""
CAPTION_LIMIT: Final = 1024
"""UTF-16 units of a caption (Bot API, sendPhoto)."""
PARTS_LIMIT: Final = 8
"""Messages that one text may become; more would be a flood."""

_RIGHT_TO_LEFT_MARK: Final = "\u200f"
_MARKS_LIMIT: Final = 256
"""Room for direction marks in one message, and so the lines that may get one."""
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_LINE: Final = re.compile(r"(?m)^(?=.*\S)")
_VISIBLE: Final = re.compile("[^\\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\ufe0f]")
_ENTITY_TYPES: Final = {"bold": "bold", "italic": "italic", "code": "code", "link": "text_link"}


def styled_parts(message: Message) -> tuple[Styled, ...]:
    """Title, text and footer as one text, in parts that Telegram takes; none if all is blank.

    Raises ``ChatError`` where it would become more than ``PARTS_LIMIT`` messages.
    """
    length = utf16_length(message.text) + utf16_length(message.title) + utf16_length(message.footer)
    if length > PARTS_LIMIT * TEXT_LIMIT:
        raise ChatError("a text too long for any number of messages")
    whole = _joined(message)
    if not is_visible(whole.text):
        return ()
    whole = _without_mail_links(whole)
    is_rtl = message.direction == "rtl"
    parts = split(whole, TEXT_LIMIT - (_MARKS_LIMIT if is_rtl else 0), utf16_length)
    seen = (part for part in parts if is_visible(part.text))
    return tuple(_marked(part) if is_rtl else part for part in seen)


def _marked(styled: Styled) -> Styled:
    """Each line begins with a mark, for clients take its direction from its first letter."""
    starts = [line.start() for line in _LINE.finditer(styled.text)][:_MARKS_LIMIT]
    return _insert(styled, [(start, _RIGHT_TO_LEFT_MARK) for start in starts])


def is_visible(text: str) -> bool:
    """Whether anything is left that a person can see; Telegram refuses a message without."""
    return _VISIBLE.search(text) is not None


def entities(styled: Styled) -> list[dict[str, Any]]:
    """The spans of a text as Telegram's message entities."""
    found = []
    for span in styled.spans:
        if span.kind not in _ENTITY_TYPES:
            continue
        entity: dict[str, Any] = {
            "type": _ENTITY_TYPES[span.kind],
            "offset": utf16_length(styled.text[: span.start]),
            "length": utf16_length(styled.text[span.start : span.end]),
        }
        if span.kind == "link":
            entity["url"] = span.url
        found.append(entity)
    return found


def encodable(text: str) -> str:
    """``text`` without what JSON in UTF-8 cannot carry and what no client shows."""
    return _CONTROLS.sub("", _SURROGATES.sub("\ufffd", text))


def _joined(message: Message) -> Styled:
    """Bold title, text, italic footer; trimmed, as Telegram would trim it."""
    title = clean_line(message.title, 256)
    pieces = []
    if title:
        pieces.append(Styled(text=title, spans=(_whole(title, "bold"),)))
    body = parse(encodable(message.text))
    if body.text.strip():
        pieces.append(body)
    footer = parse(encodable(message.footer.strip()))
    if footer.text.strip():
        pieces.append(
            Styled(text=footer.text, spans=(_whole(footer.text, "italic"), *footer.spans))
        )
    return _trimmed(_concatenated(pieces, "\n\n"))


def _whole(text: str, kind: SpanKind) -> Span:
    return Span(start=0, length=len(text), kind=kind)


def _concatenated(pieces: Sequence[Styled], between: str) -> Styled:
    text, spans = "", list[Span]()
    for number, piece in enumerate(pieces):
        if number:
            text += between
        spans += [replace(span, start=span.start + len(text)) for span in piece.spans]
        text += piece.text
    return Styled(text=text, spans=tuple(spans))


def _trimmed(styled: Styled) -> Styled:
    text = styled.text
    return styled.cut(len(text) - len(text.lstrip()), len(text.rstrip()))


def _without_mail_links(styled: Styled) -> Styled:
    """A ``mailto:`` link cannot be an entity; its address is written out after the label."""
    mail = [span for span in styled.spans if span.url.lower().startswith("mailto:")]
    if not mail:
        return styled
    additions = []
    for span in mail:
        address = span.url[len("mailto:") :].partition("?")[0]
        if address not in styled.text[span.start : span.end]:
            additions.append((span.end, f" ({address})"))
    kept = tuple(span for span in styled.spans if span not in mail)
    return _insert(Styled(text=styled.text, spans=kept), additions)


def _insert(styled: Styled, additions: Sequence[tuple[int, str]]) -> Styled:
    """``additions`` of (position, text), in order; spans grow over what is put inside them."""
    pieces, position = [], 0
    for at, text in additions:
        pieces += [styled.text[position:at], text]
        position = at
    pieces.append(styled.text[position:])

    def moved(place: int, *, is_end: bool) -> int:
        return place + sum(
            len(text) for at, text in additions if at < place or (at == place and not is_end)
        )

    spans = []
    for span in styled.spans:
        start, end = moved(span.start, is_end=False), moved(span.end, is_end=True)
        spans.append(replace(span, start=start, length=end - start))
    return Styled(text="".join(pieces), spans=tuple(spans))
