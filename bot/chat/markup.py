r"""The one markup that messages are written in, and the tools that renderers share.

A small subset of CommonMark: ``**bold**``, ``*italics*``, `` `code` ``, ``[label](https://…)``,
``## heading`` (shown as a bold line), ``- item``, ``1. item`` and paragraphs. A backslash takes
the meaning from the sign after it. Whatever is not closed stays as it stands.

``[Friday, 12:00 (Rome)](t:1650621600:F)`` is a moment: a platform that knows its reader's clock
shows the moment by that (Discord), any other the words.

``escape`` makes a person's words safe to put into a markup text; ``parse`` turns a markup text
into plain text with spans, which is what a renderer works on; ``split`` cuts that into parts
that a platform takes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal

SpanKind = Literal["bold", "italic", "code", "link", "time"]

_SPECIAL: Final = re.compile(r"([\\*`\[\]()])")
_LINE_START: Final = re.compile(r"(?m)^([ \t]*)(#{1,6}(?=\s)|[-+](?=\s)|>)")
_HEADING: Final = re.compile(r"^#{1,6}\s+(.*)$")
_BULLET: Final = re.compile(r"^(\s*)[-*+]\s+(?=\S)")
_SAFE_URL: Final = re.compile(r"^(https?://|mailto:|tg://)[^\s<>]+$", re.IGNORECASE)
_TIME: Final = re.compile(r"^t:(\d{1,11})(?::([Ft]))?$", re.ASCII)


class Raw(str):
    """Text that is markup already, for ``Translate``: it is not escaped again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A style over ``length`` code points from ``start``.

    ``url`` is a link's address; of a time it is the moment in whole seconds since 1970 and the
    form, ``1650621600:F`` for day and time, ``1650621600:t`` for the time alone.
    """

    start: int
    length: int
    kind: SpanKind
    url: str = ""

    @property
    def end(self) -> int:
        """The first code point after it."""
        return self.start + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class Styled:
    """Plain text and the spans over it, in the order of their starts."""

    text: str
    spans: tuple[Span, ...] = ()

    def cut(self, start: int, end: int) -> Styled:
        """The part between two code points, with its share of the spans."""
        spans = []
        for span in self.spans:
            first, last = max(span.start, start), min(span.end, end)
            if first < last:
                spans.append(replace(span, start=first - start, length=last - first))
        return Styled(text=self.text[start:end], spans=tuple(spans))


def escape(text: str) -> str:
    """A person's words as markup that shows them as they are."""
    escaped = _SPECIAL.sub(r"\\\1", text)
    return _LINE_START.sub(r"\1\\\2", escaped)


def moment(at: datetime, words: str, *, is_time_alone: bool = False) -> Raw:
    """An aware moment as markup; ``words`` tell it where the platform does not."""
    form = "t" if is_time_alone else "F"
    return Raw(f"[{escape(words)}](t:{int(at.timestamp())}:{form})")


def utf16_length(text: str) -> int:
    """How many UTF-16 units: what Telegram counts (core.telegram.org/api/entities)."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(markup: str) -> str:
    """The text alone, with link addresses after their labels."""
    styled = parse(markup)
    pieces, position = [], 0
    for span in styled.spans:
        if span.kind == "link" and span.start >= position:
            label = styled.text[span.start : span.end]
            pieces.append(styled.text[position : span.end])
            if label != span.url:
                pieces.append(f" ({span.url})")
            position = span.end
    pieces.append(styled.text[position:])
    return "".join(pieces)


def parse(markup: str) -> Styled:
    """Text and spans of a markup text; takes any text at all."""
    reader = _Reader()
    for number, line in enumerate(markup.replace("\r\n", "\n").split("\n")):
        if number:
            reader.put("\n")
        heading = _HEADING.match(line)
        if heading:
            start = reader.position
            reader.read_inline(heading.group(1).strip())
            reader.mark(start, "bold")
            continue
        bullet = _BULLET.match(line)
        if bullet and not line.lstrip().startswith("**"):
            reader.put(f"{bullet.group(1)}• ")
            line = line[bullet.end() :]
        reader.read_inline(line)
    return reader.finish()


class _Reader:
    """Reads inline markup left to right into pieces and spans."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._spans: list[Span] = []
        self.position = 0

    def put(self, text: str) -> None:
        self._pieces.append(text)
        self.position += len(text)

    def mark(self, start: int, kind: SpanKind, url: str = "") -> None:
        if self.position > start:
            self._spans.append(Span(start=start, length=self.position - start, kind=kind, url=url))

    def finish(self) -> Styled:
        # A moment holds no other span, so it comes inside those over the same words.
        spans = sorted(
            self._spans, key=lambda span: (span.start, -span.length, span.kind == "time")
        )
        return Styled(text="".join(self._pieces), spans=tuple(spans))

    def read_inline(self, text: str, depth: int = 0) -> None:
        index, plain_from = 0, 0
        while index < len(text):
            sign = text[index]
            if sign not in "\\*`[":
                index += 1
                continue
            self.put(text[plain_from:index])
            index = self._read_sign(text, index, depth)
            plain_from = index
        self.put(text[plain_from:])

    def _read_sign(self, text: str, index: int, depth: int) -> int:
        """Read what starts at ``index``; returns the index after it."""
        sign = text[index]
        if sign == "\\":
            if index + 1 < len(text) and not text[index + 1].isalnum():
                self.put(text[index + 1])
                return index + 2
        elif sign == "`":
            end = text.find("`", index + 1)
            if end > index + 1:
                start = self.position
                self.put(text[index + 1 : end])
                self.mark(start, "code")
                return end + 1
        elif depth < 4:
            if sign == "[":
                after = self._read_link(text, index, depth)
            else:
                after = self._read_stars(text, index, depth)
            if after:
                return after
        self.put(sign)
        return index + 1

    def _read_stars(self, text: str, index: int, depth: int) -> int | None:
        mark = "**" if text.startswith("**", index) else "*"
        inner = index + len(mark)
        end = _find_closing(text, mark, inner)
        if end is None or not text[inner:end].strip():
            return None
        start = self.position
        self.read_inline(text[inner:end], depth + 1)
        self.mark(start, "bold" if mark == "**" else "italic")
        return end + len(mark)

    def _read_link(self, text: str, index: int, depth: int) -> int | None:
        close = _find_closing(text, "](", index + 1)
        if close is None:
            return None
        end = text.find(")", close + 2)
        if end < 0:
            return None
        url = text[close + 2 : end]
        time = _TIME.match(url)
        if time is None and not _SAFE_URL.match(url):
            return None
        start = self.position
        self.read_inline(text[index + 1 : close], depth + 1)
        if time is None:
            self.mark(start, "link", url)
        else:
            self.mark(start, "time", f"{time[1]}:{time[2] or 'F'}")
        return end + 1


def _find_closing(text: str, mark: str, start: int) -> int | None:
    position = start
    while True:
        position = text.find(mark, position)
        if position < 0:
            return None
        backslashes = len(text[:position]) - len(text[:position].rstrip("\\"))
        is_longer = mark == "*" and (
            text.startswith("**", position) or text[position - 1 : position] == "*"
        )
        if backslashes % 2 == 0 and not is_longer:
            # In ``**bold *both***`` the last two stars close what began first.
            return position + (mark == "**" and text.startswith("***", position))
        position += len(mark)


def split(styled: Styled, limit: int, measure: Callable[[str], int] = len) -> tuple[Styled, ...]:
    """Parts of at most ``limit`` by ``measure``, cut at paragraphs, lines or words if it can be.

    Never cuts a surrogate pair or a combining sequence of a cluster joined by U+200D.
    """
    parts, rest = [], styled
    while measure(rest.text) > limit:
        cut = _cut_position(rest.text, limit, measure)
        head = rest.cut(0, cut)
        parts.append(head.cut(0, len(head.text.rstrip()) or cut))
        tail = rest.text[cut:]
        lead = len(tail) - len(tail.lstrip())
        rest = rest.cut(cut + lead, len(rest.text))
    if rest.text or not parts:
        parts.append(rest)
    return tuple(parts)


def _cut_position(text: str, limit: int, measure: Callable[[str], int]) -> int:
    low, high = 1, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    for mark in ("\n\n", "\n", " "):
        position = text.rfind(mark, low // 2, low + 1)
        if position > 0:
            return position
    position = low
    while position > 1 and (
        text[position : position + 1] in _JOINERS or text[position - 1] in _JOINERS
    ):
        position -= 1
    return position if position > 1 else low


_JOINERS: Final = frozenset({"\u200d", "\ufe0f", "\u20e3"})
