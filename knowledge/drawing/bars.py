"""Counts as bars: one or more charts below each other in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.drawing.lettering import Box, Fitted, TextDoesNotFit, fit, letter, missing
from knowledge.drawing.raster import to_png

WIDTH: Final = 1000
PIXELS: Final = 1000
_EDGE: Final = 50
_LABELS: Final = 380
_BARS: Final = 400
_ROW: Final = 60
_BLUE: Final = "#1f5f8b"
_DARK: Final = "#333333"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One line."""

    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """Bars of one kind, drawn in their order; they share a scale."""

    title: str
    bars: tuple[Bar, ...]


def draw_bars(charts: Sequence[BarChart], *, is_right_to_left: bool = False) -> bytes:
    """A PNG of all charts; mirrored for languages that are written from the right."""
    parts: list[str] = []
    top = 30.0
    for chart in charts:
        box = Box(x=_EDGE, y=top, width=WIDTH - 2 * _EDGE, height=70)
        parts.append(_text(chart.title, box, 48, is_right_to_left))
        top += 80
        most = max((bar.count for bar in chart.bars), default=1) or 1
        for bar in chart.bars:
            parts.append(_line(bar, most, top, is_right_to_left))
            top += _ROW
        top += 40
    return to_png(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top:.0f}">'
        f'<rect width="{WIDTH}" height="{top:.0f}" fill="#ffffff"/>{"".join(parts)}</svg>',
        PIXELS,
        is_quick=True,
    )


def _line(bar: Bar, most: int, top: float, is_right_to_left: bool) -> str:
    length = max(3.0, _BARS * bar.count / most)
    start = _EDGE + _LABELS + 20
    label = Box(x=_EDGE, y=top, width=_LABELS, height=_ROW)
    number = Box(x=start + length + 12, y=top, width=110, height=_ROW)
    left = float(start)
    if is_right_to_left:
        label = Box(x=WIDTH - _EDGE - _LABELS, y=top, width=_LABELS, height=_ROW)
        left = WIDTH - start - length
        number = Box(x=left - 122, y=top, width=110, height=_ROW, align="end")
    return (
        f'<rect x="{left:.1f}" y="{top + 12:.1f}" width="{length:.1f}" height="{_ROW - 24}" '
        f'fill="{_BLUE}"/>'
        + _text(bar.label, label, 36, is_right_to_left)
        + _text(str(bar.count), number, 36, False)
    )


def _text(text: str, box: Box, largest: float, is_right_to_left: bool) -> str:
    # Letters that the fonts do not hold would be boxes; a name from abroad may have some.
    gone = set(missing(text))
    shown = "".join(sign for sign in text if sign not in gone) or "–"
    try:
        fitted = fit(shown, box.width, box.height, largest, 12)
    except TextDoesNotFit:
        fitted = Fitted(lines=(shown[:40],), size=12)
    return letter(fitted, box, colour=_DARK, is_right_to_left=is_right_to_left)
