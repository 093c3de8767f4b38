"""Styled text as markup again: the way back from ``bot.chat.markup.parse``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.markup import Styled, escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Bold, italics, code or a link (``url``) over the code points from ``start`` to ``end``."""

    start: int
    end: int
    sign: str
    url: str = ""

    @property
    def opening(self) -> str:
        """What stands before the words."""
        return "[" if self.url else self.sign

    @property
    def closing(self) -> str:
        """What stands behind them."""
        return f"]({self.url})" if self.url else self.sign


_SIGNS = {"bold": "**", "italic": "*", "code": "`"}


def markup_from(styled: Styled) -> str:
    """Markup that reads as ``styled`` does; moments are left as their words."""
    styles = [
        Style(
            start=span.start,
            end=span.end,
            sign=_SIGNS.get(span.kind, ""),
            url=span.url if span.kind == "link" else "",
        )
        for span in styled.spans
        if span.kind != "time"
    ]
    return write_markup(styled.text, styles)


def write_markup(text: str, styles: Sequence[Style]) -> str:
    """The text with its styles; each ends with its line, as the markup wants it."""
    runs = [run for style in styles for run in _by_line(text, style)]
    edges = sorted({0, len(text), *(edge for run in runs for edge in (run.start, run.end))})
    parts: list[str] = []
    open_: list[Style] = []
    for start, end in zip(edges, [*edges[1:], len(text)], strict=True):
        while open_ and open_[-1].end <= start:
            parts.append(open_.pop().closing)
        for run in runs:
            if run.start == start:
                open_.append(run)
                parts.append(run.opening)
        piece = text[start:end]
        is_code = any(run.opening == "`" for run in open_)
        parts.append(piece.replace("`", "'") if is_code else escape(piece))
    return "".join(parts)


def _by_line(text: str, style: Style) -> list[Style]:
    found, start = [], style.start
    for line in text[style.start : style.end].split("\n"):
        bare = line.strip()
        if bare:
            first = start + len(line) - len(line.lstrip())
            found.append(Style(start=first, end=first + len(bare), sign=style.sign, url=style.url))
        start += len(line) + 1
    return found
