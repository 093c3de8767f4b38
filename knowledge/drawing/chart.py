"""A chart of published values as a picture: a line for each place or land, a dot for each value.

The drawing knows no numbers' format and no language: it is given words and lays them out, from
the right where the language is written so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from knowledge.drawing.lettering import Align, Box, Fitted, TextDoesNotFit, fit, letter, width_of
from knowledge.drawing.raster import to_png

WIDTH: Final = 1000
"""Units of the drawing."""

PIXELS: Final = 800
LOGARITHMIC_FROM: Final = 8
"""Where the largest value is so many times the smallest, the axis is logarithmic."""

MANY_TICKS: Final = 5

_EDGE: Final = 50
_GAP: Final = 34
"""From one row's line to the next row's words."""
_BLUE: Final = "#0072b2"
_RED: Final = "#c8321f"
_DARK: Final = "#12344d"
_GREY: Final = "#dfe6ea"
_OWN: Final = f'stroke="{_RED}" stroke-width="12"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value in mg/kg; hollow where it is not known to be in force."""

    value: float
    is_in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A place or a land; ``text`` is the span of its values, written out."""

    label: str
    text: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis."""

    value: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that is drawn. ``own`` is the person's content, with ``own_label`` beside it."""

    title: str
    unit: str
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    filled_label: str
    hollow_label: str
    note: str
    own: float | None = None
    own_label: str = ""
    is_right_to_left: bool = False


@lru_cache(maxsize=64)
def draw(chart: Chart) -> bytes:
    """The PNG; takes some tens of milliseconds, so call it in a thread."""
    return to_png(_Sheet(chart).svg(), PIXELS, is_quick=True)


def ticks(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Round numbers that hold all values between the first and the last."""
    lowest, highest = min(values), max(values)
    if is_logarithmic(lowest, highest):
        powers = range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)
        tens = tuple(Decimal(10) ** power for power in powers)
        between = tuple(ten * part for ten in tens for part in (1, 2, 5))
        start = max(each for each in between if each <= lowest)
        end = min(each for each in between if each >= highest)
        fine = tuple(each for each in between if start <= each <= end)
        return fine if len(fine) <= MANY_TICKS else tens
    step = Decimal(10) ** math.floor(math.log10(highest))
    if highest / step < 4:
        step /= 2
    count = math.ceil(highest / step)
    return tuple(step * number for number in range(count + 1))


def is_logarithmic(lowest: Decimal, highest: Decimal) -> bool:
    """Whether values so far apart need a logarithmic axis."""
    return lowest > 0 and highest / lowest >= LOGARITHMIC_FROM


class _Sheet:
    """Puts the parts below each other and counts the height."""

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._parts: list[str] = []
        self._y = 20.0

    def svg(self) -> str:
        chart = self._chart
        self._text(chart.title, 130, largest=60)
        self._text(chart.unit, 52, largest=42)
        if chart.own is not None:
            self._sign(f'<path d="M22 4 V56" {_OWN}/>', chart.own_label, _RED)
        self._y += 10
        for row in chart.rows:
            self._row(row)
        self._axis()
        self._sign(_dot(22, 30, is_filled=True), chart.filled_label)
        if any(not point.is_in_force for row in chart.rows for point in row.points):
            self._sign(_dot(22, 30, is_filled=False), chart.hollow_label)
        self._text(chart.note, 190, largest=42)
        height = self._y + 20
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}">'
            f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>'
            f"{''.join(self._parts)}</svg>"
        )

    def _row(self, row: Row) -> None:
        top = self._y
        taken = self._put(row.text, 550, 400, 60, largest=42, align="end", is_number=True)
        width = 900 - taken - 30
        lines = 1 if width_of(row.label, 42) <= width else 2
        self._put(row.label, _EDGE, width, 60 * lines, largest=42)
        line = top + 24 + 60 * lines
        places = [self._x(point.value) for point in row.points]
        self._parts.append(
            f'<path d="M{_EDGE} {line} H{WIDTH - _EDGE}" stroke="{_GREY}" stroke-width="10"/>'
            f'<path d="M{min(places):.1f} {line} H{max(places):.1f}" stroke="{_BLUE}" '
            'stroke-width="12"/>'
        )
        self._parts += [
            _dot(x, line, is_filled=point.is_in_force)
            for x, point in zip(places, row.points, strict=True)
        ]
        if self._chart.own is not None:
            x = self._x(self._chart.own)
            self._parts.append(f'<path d="M{x:.1f} {line - 26} V{line + 26}" {_OWN}/>')
        self._y = line + _GAP

    def _axis(self) -> None:
        self._y += 6
        every = self._chart.ticks
        room = 900 / max(1, len(every) - 1)
        self._parts.append(
            f'<path d="M{_EDGE} {self._y} H{WIDTH - _EDGE}" stroke="{_DARK}" stroke-width="6"/>'
        )
        for tick in every:
            x = self._x(tick.value)
            self._parts.append(
                f'<path d="M{x:.1f} {self._y - 12} v24" stroke="{_DARK}" stroke-width="6"/>'
            )
            left = min(max(x - room / 2, 0), WIDTH - room)
            align: Align = "middle" if left == x - room / 2 else "start" if left == 0 else "end"
            inner = 12 if align != "middle" else 0
            box = Box(
                x=left + inner, y=self._y + 12, width=room - 2 * inner, height=54, align=align
            )
            self._parts.append(letter(_shrunk(tick.label, box, 38), box, colour=_DARK))
        self._y += 84

    def _sign(self, sign: str, label: str, colour: str = "#111111") -> None:
        """A sign of the drawing with its meaning beside it."""
        x = WIDTH - _EDGE - 44 if self._chart.is_right_to_left else _EDGE
        self._parts.append(f'<g transform="translate({x} {self._y})">{sign}</g>')
        self._put(label, _EDGE + 70, 830, 60, largest=42, colour=colour)
        self._y += 66

    def _text(self, text: str, height: float, *, largest: float) -> None:
        fitted = fit(text, 900, height, largest, 12)
        box = Box(x=_EDGE, y=self._y, width=900, height=len(fitted.lines) * fitted.size * 1.25)
        rtl = self._chart.is_right_to_left
        self._parts.append(letter(fitted, box, colour=_DARK, is_right_to_left=rtl))
        self._y += box.height + 8

    def _put(
        self,
        text: str,
        x: float,
        width: float,
        height: float,
        *,
        largest: float,
        align: Align = "start",
        is_number: bool = False,
        colour: str = "#111111",
    ) -> float:
        """One line in a box, mirrored where the language is; the width that it takes."""
        rtl = self._chart.is_right_to_left
        left = WIDTH - x - width if rtl else x
        box = Box(x=left, y=self._y, width=width, height=height, align=align)
        if rtl and is_number:
            turned: dict[Align, Align] = {"start": "end", "end": "start", "middle": "middle"}
            box = Box(x=left, y=self._y, width=width, height=height, align=turned[align])
        fitted = _shrunk(text, box, largest)
        drawn = letter(fitted, box, colour=colour, is_right_to_left=rtl and not is_number)
        self._parts.append(drawn)
        return fitted.width

    def _x(self, value: float) -> float:
        first, last = self._chart.ticks[0].value, self._chart.ticks[-1].value
        if first > 0:
            value = max(value, first)
            share = math.log(value / first) / math.log(last / first)
        else:
            share = value / last
        along = share * (WIDTH - 2 * _EDGE)
        return WIDTH - _EDGE - along if self._chart.is_right_to_left else _EDGE + along


def _dot(x: float, y: float, *, is_filled: bool) -> str:
    fill = _BLUE if is_filled else "#ffffff"
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="{fill}" stroke="{_BLUE}" '
        'stroke-width="6"/>'
    )


def _shrunk(text: str, box: Box, largest: float) -> Fitted:
    """Large letters where they fit, and small ones for the longest names."""
    try:
        return fit(text, box.width, box.height, largest, largest * 0.7)
    except TextDoesNotFit:
        return fit(text, box.width, box.height * 1.1, largest * 0.7, 8)
