"""The markup of ``bot.chat.markup`` as Discord's Markdown, with people's words kept harmless.

Only the spans of a parsed text become Markdown; every sign of the text itself is escaped, so
that nobody can smuggle in a masked link, a heading, a spoiler or a mention.
Source: https://docs.discord.com/developers/reference#message-formatting
"""

from __future__ import annotations

import re
from typing import Final

from bot.chat.markup import Span, Styled

_URL: Final = re.compile(r"https?://[\w\-./:?=&%#@~+,;!$]*[\w/&=#~]", re.ASCII)
"""Addresses stay as they are, since a backslash would become part of the link."""
_SIGNS: Final = re.compile(r"([\\*_~`|\[\]<])")
_LINE_START: Final = re.compile(r"^(\s*)(#{1,3}(?=\s)|-#?(?=\s)|\+(?=\s)|>)", re.MULTILINE)
_MENTION: Final = re.compile(r"@(?=everyone|here|[!&]?\d{15,})", re.IGNORECASE)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_EDGES: Final = re.compile(r"^(\s*)(.*?)(\s*)$", re.DOTALL)
_MARKS: Final = {"bold": "**", "italic": "*", "code": "`"}


def tidy(text: str) -> str:
    """``text`` without signs that cannot be sent: controls and lone surrogates."""
    return _UNPRINTABLE.sub("", _SURROGATES.sub("\ufffd", text))


def escape(text: str, *, is_line_start: bool = True) -> str:
    """Plain text as Discord Markdown that shows it as it is and mentions nobody."""
    pieces, position = [], 0
    for url in _URL.finditer(text):
        pieces.append(_escape_words(text[position : url.start()], is_line_start and not position))
        pieces.append(_MENTION.sub("@\u200b", url.group()))
        position = url.end()
    pieces.append(_escape_words(text[position:], is_line_start and not position))
    return "".join(pieces)


def _escape_words(text: str, is_line_start: bool) -> str:
    guard = "" if is_line_start else "\x00"
    escaped = _LINE_START.sub(r"\1\\\2", guard + _SIGNS.sub(r"\\\1", text))
    return _MENTION.sub("@\u200b", escaped.removeprefix("\x00"))


def to_markdown(styled: Styled, *, has_previews: bool = True) -> str:
    """The text with its spans as Markdown.

    ``has_previews`` is true where a link would bring a preview along (a plain message, not an
    embed): its address is then wrapped so that it does not.
    """
    return _Writer(styled, has_previews).write(styled.spans, 0, len(styled.text))


class _Writer:
    def __init__(self, styled: Styled, has_previews: bool) -> None:
        self._text = styled.text
        self._has_previews = has_previews

    def write(self, spans: tuple[Span, ...], start: int, end: int) -> str:
        pieces, position, index = [], start, 0
        while index < len(spans):
            span = spans[index]
            index += 1
            if span.start < position:
                continue
            inner = []
            while index < len(spans) and spans[index].start < span.end:
                inner.append(spans[index])
                index += 1
            pieces.append(self._words(position, span.start))
            pieces.append(self._span(span, tuple(inner)))
            position = span.end
        pieces.append(self._words(position, end))
        return "".join(pieces)

    def _words(self, start: int, end: int) -> str:
        is_line_start = start == 0 or self._text[start - 1] == "\n"
        return escape(self._text[start:end], is_line_start=is_line_start)

    def _span(self, span: Span, inner: tuple[Span, ...]) -> str:
        if span.kind == "time":
            return f"<t:{span.url}>"
        if span.kind == "code":
            return f"`{self._text[span.start : span.end]}`"
        written = self.write(inner, span.start, span.end)
        if span.kind == "link":
            return self._link(written, span.url)
        edges = _EDGES.match(written)
        assert edges is not None
        before, words, after = edges.groups()
        mark = _MARKS[span.kind]
        return f"{before}{mark}{words}{mark}{after}" if words else written

    def _link(self, label: str, url: str) -> str:
        """Discord masks http addresses only; others follow their label in brackets."""
        if not url.lower().startswith(("http://", "https://")):
            return f"{label} ({escape(url, is_line_start=False)})"
        safe = url.replace("(", "%28").replace(")", "%29").replace(">", "%3E")
        return f"[{label}](<{safe}>)" if self._has_previews else f"[{label}]({safe})"
