"""Lettering for drawings: how wide a text is, where its lines break, and its SVG.

Shaping and the order of right-to-left text are the renderer's (resvg, which holds rustybuzz and
unicode-bidi); here widths are only added up, which for Arabic is a little more than the joined
letters take.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from PIL import ImageFont

FONTS: Final = Path(__file__).parent / "fonts"
"""One weight of Noto Sans, cut to what is needed: Latin, Cyrillic and Arabic in one, Chinese."""

Script = Literal["alphabet", "han"]
FONT_FILES: Final[dict[Script, Path]] = {
    "alphabet": FONTS / "NotoSans-Bold.ttf",
    "han": FONTS / "NotoSansSC-Bold.otf",
}
FAMILIES: Final[dict[Script, str]] = {"alphabet": "Noto Sans", "han": "Noto Sans CJK SC"}
"""A line is drawn in one font: resvg shows boxes where it has to mix two in Arabic."""

LINE: Final = 1.22
"""Line height as a multiple of the letters' size."""
ASCENT: Final = 0.36
"""From the middle of a line down to its baseline, as a multiple of the size."""

_MEASURED_AT: Final = 100
_HAN: Final = re.compile("[\u2e80-\u9fff\uff00-\uffef]")
_CLAUSE_ENDS: Final = "，。、；：！？"
BREAK: Final = "\u200b"
"""A zero-width space: where a Chinese line may also be broken, besides after a mark."""

Align = Literal["start", "middle", "end"]


class TextDoesNotFit(Exception):
    """A text needs more room than its box has, even in the smallest letters allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where a text goes: ``x`` and ``y`` are the upper left corner; sizes in drawing units."""

    x: float
    y: float
    width: float
    height: float
    align: Align = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """The lines of a text, and the letters' size at which they fit."""

    lines: tuple[str, ...]
    size: float

    @property
    def width(self) -> float:
        """Of the longest line."""
        return max(width_of(line, self.size) for line in self.lines)


def width_of(text: str, size: float) -> float:
    """The width of one line in drawing units."""
    return _font(_script(text)).getlength(text.replace(BREAK, "")) * size / _MEASURED_AT


def missing(text: str) -> str:
    """The letters of ``text`` that the fonts do not hold."""
    script = _script(text)
    seen = {each for each in text if not each.isspace() and each != BREAK}
    return "".join(sorted(each for each in seen if not _is_drawable(each, script)))


def fit(text: str, width: float, height: float, largest: float, smallest: float) -> Fitted:
    """The largest letters in which ``text`` fits the room; raises ``TextDoesNotFit``."""
    size = largest
    while size >= smallest:
        lines = wrap(text, size, width)
        is_narrow = all(width_of(line, size) <= width for line in lines)
        if is_narrow and len(lines) * size * LINE <= height:
            return Fitted(lines=_balanced(text, size, width, lines), size=size)
        size -= 1
    raise TextDoesNotFit(f"{text!r} needs more than {width:.0f} x {height:.0f}")


def wrap(text: str, size: float, width: float) -> tuple[str, ...]:
    """Lines of at most ``width``; a single word may be wider."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph):
            if line and width_of((line + word).rstrip(), size) > width:
                lines.append(line.rstrip())
                line = ""
            line += word
        lines.append(line.rstrip())
    return tuple(lines)


def letter(
    text: Fitted, box: Box, *, colour: str = "#111111", is_right_to_left: bool = False
) -> str:
    """SVG of the lines, in the vertical middle of their box."""
    anchor: Align = box.align
    if is_right_to_left:
        anchor = {"start": "end", "middle": "middle", "end": "start"}[box.align]  # type: ignore[assignment]  # the values are those of Align
    x = box.x + {"start": 0.0, "middle": box.width / 2, "end": box.width}[anchor]
    step = text.size * LINE
    family = FAMILIES[_script("".join(text.lines))]
    first = box.y + (box.height - step * len(text.lines)) / 2 + step / 2 + text.size * ASCENT
    spans = "".join(
        f'<text x="{x:.1f}" y="{first + step * number:.1f}">'
        f"{_isolated(line, is_right_to_left)}</text>"
        for number, line in enumerate(text.lines)
    )
    return (
        f'<g font-family="{family}" font-weight="700" font-size="{text.size:g}" '
        f'text-anchor="{anchor}" fill="{colour}">{spans}</g>'
    )


def _isolated(line: str, is_right_to_left: bool) -> str:
    """resvg lays every line out from the left; an isolate makes its base direction right."""
    shown = escape(line.replace(BREAK, ""))
    return f"\u2067{shown}\u2069" if is_right_to_left else shown


def _balanced(text: str, size: float, width: float, lines: Sequence[str]) -> tuple[str, ...]:
    """As many lines, but of much the same length."""
    best = tuple(lines)
    while width > size * 2:
        width -= size / 2
        narrower = wrap(text, size, width)
        if len(narrower) > len(best) or any(width_of(line, size) > width for line in narrower):
            return best
        best = narrower
    return best


def _words(paragraph: str) -> list[str]:
    """What may not be broken: words with their space, and Chinese clauses with their mark."""
    if _script(paragraph) == "han":
        return re.findall(rf".*?(?:[{_CLAUSE_ENDS} ]+[）》”]*|{BREAK}|$)", paragraph)
    return re.findall(r"[^ ]+ ?", paragraph)


def _script(text: str) -> Script:
    return "han" if _HAN.search(text) else "alphabet"


@cache
def _font(script: Script) -> ImageFont.FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(
        FONT_FILES[script], _MEASURED_AT, layout_engine=ImageFont.Layout.BASIC
    )


@cache
def _is_drawable(character: str, script: Script) -> bool:
    """Whether the font draws it: a letter that is missing has the outline of "missing"."""
    drawn, nothing = (_font(script).getmask(each) for each in (character, "\U0010fffe"))
    return (drawn.size, bytes(drawn)) != (nothing.size, bytes(nothing))
