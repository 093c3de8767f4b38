"""The chart of published values for a substance, sent when its button is pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.chat.markup import Raw
from bot.chat.messages import Attachment, Message
from bot.chat.turn import Translate
from handlers.answers import shorten
from handlers.limit_words import land_name, number, place_name
from knowledge.drawing.chart import Chart, Point, Row, Tick, draw, is_logarithmic, ticks
from knowledge.guidelines import LANDS, Guidelines, Land, Span
from knowledge.substances import Substances

ALT_LIMIT: Final = 1000
"""Characters; Discord shows 1024 of an alternative text."""


class LimitCharts:
    """All lands in one chart, or the places that have values for one land."""

    def __init__(self, guidelines: Guidelines, substances: Substances) -> None:
        self._guidelines = guidelines
        self._substances = substances

    async def message(
        self, substance: str, content: Decimal | None, land: Land | None, _: Translate
    ) -> Message | None:
        """The chart as a picture with its words, or None where there is nothing to draw."""
        chart = self.chart(substance, content, land, _)
        if chart is None:
            return None
        drawn = await asyncio.to_thread(draw, chart)
        lines = [f"{row.label}: {row.text} {chart.unit}" for row in chart.rows]
        alt = shorten(". ".join([chart.title, *filter(None, [chart.own_label]), *lines]), ALT_LIMIT)
        name = f"{substance}-{land or 'all'}.png"
        return Message(
            title=chart.title,
            text=chart.note,
            attachments=(Attachment(name=name, media_type="image/png", data=drawn, alt=alt),),
            direction="rtl" if chart.is_right_to_left else "ltr",
        )

    def chart(
        self, substance: str, content: Decimal | None, land: Land | None, _: Translate
    ) -> Chart | None:
        """What is drawn; None where no current value is known."""
        spans = [
            span
            for span in self._guidelines.compare(substance, content)
            if land is None or span.land == land
        ]
        if not spans:
            return None
        values = [value.value for span in spans for value in span.values]
        if content:
            values.append(content)
        marks = ticks(values)
        name = self._substances.name(substance, _.language)
        title = _("{name} in soil: published values", name=Raw(name[:1].upper() + name[1:]))
        if land is not None:
            title = f"{title} · {land_name(land, _)}"
        return Chart(
            title=title,
            unit=_unit(marks, _),
            rows=_by_land(spans, _) if land is None else _by_place(spans, _),
            ticks=tuple(Tick(value=float(mark), label=number(mark, _.language)) for mark in marks),
            filled_label=_("in force"),
            hollow_label=_("not known whether in force"),
            note=_(
                "No value is world-wide. Each belongs to one country, land use and laboratory "
                "method. Below a value is no proof that soil is safe."
            ),
            own=None if content is None else float(content),
            own_label=""
            if content is None
            else _("Yours: {content} mg/kg", content=number(content, _.language)),
            is_right_to_left=_.language == "ar",
        )


def _by_land(spans: Sequence[Span], _: Translate) -> tuple[Row, ...]:
    groups = {land: [span for span in spans if span.land == land] for land in LANDS}
    return tuple(_row(land_name(land, _), found, _) for land, found in groups.items() if found)


def _by_place(spans: Sequence[Span], _: Translate) -> tuple[Row, ...]:
    return tuple(_row(place_name(span.jurisdiction, _), [span], _) for span in spans)


def _row(label: str, spans: Sequence[Span], _: Translate) -> Row:
    points = {(value.value, value.status == "in force") for span in spans for value in span.values}
    low = number(min(value for value, _force in points), _.language)
    high = number(max(value for value, _force in points), _.language)
    return Row(
        label=label,
        text=low if low == high else f"{low}–{high}",
        points=tuple(
            Point(value=float(value), is_in_force=is_in_force)
            for value, is_in_force in sorted(points)
        ),
    )


def _unit(marks: Sequence[Decimal], _: Translate) -> str:
    if marks[0] and is_logarithmic(marks[0], marks[-1]):
        return _("mg/kg; the axis is not even, read its numbers")
    return "mg/kg"
