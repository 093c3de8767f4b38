"""A measured content beside published values, in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Translate
from handlers.limit_words import kind_name, land_name, number, place_name
from knowledge.guidelines import LANDS, Guidelines, Land, Span
from knowledge.substances import Substances

ACTION: Final = "limit"
CHART: Final = "chart"
"""Takes what ``limit`` takes: substance, content or ``-``, and a land or nothing."""

NO_VALUE: Final = "-"
"""Stands in a button for "nothing was measured"."""

LISTED_VALUES: Final = 5


class LimitTexts:
    """Pages on one substance: all lands in short, one land in full, old values."""

    def __init__(self, guidelines: Guidelines, substances: Substances) -> None:
        self._guidelines = guidelines
        self._substances = substances

    def overview(self, substance: str, content: Decimal | None, _: Translate) -> Message:
        """One line for each group of land; a button for each."""
        spans = self._guidelines.compare(substance, content)
        by_land = {land: [each for each in spans if each.land == land] for land in LANDS}
        shown = {land: found for land, found in by_land.items() if found}
        name = self._substances.name(substance, _.language)
        lines = [_land_line(land, found, content, _) for land, found in shown.items()]
        parts = [_measured(name, content, _), "\n".join(lines)]
        background = self._guidelines.background(substance)
        if background:
            parts.append(
                _(
                    "Ordinary background in published tables: {range}.",
                    range=_between(background[0].value, background[-1].value, _),
                )
            )
        parts.append(_caution(_))
        if self._guidelines.mobile(substance):
            parts.append(
                _(
                    "Germany also has values for the mobile part of {name} in cropland, measured "
                    "with a mild extract. They are far smaller; never hold a total content "
                    "against them.",
                    name=name,
                )
            )
        parts.append(_next_step(spans, content, _))
        return Message(
            title=_("{name} in soil: published values", name=Raw(_capital(name))),
            text="\n\n".join(part for part in parts if part),
            rows=self._rows(substance, content, list(shown), _),
            direction="rtl" if _.language == "ar" else "ltr",
        )

    def land(self, substance: str, content: Decimal | None, land: Land, _: Translate) -> Message:
        """Every current value for one group of land."""
        spans = [each for each in self._guidelines.compare(substance, content) if each.land == land]
        name = self._substances.name(substance, _.language)
        current = [_span_line(each, _) for each in spans if each.is_in_force]
        open_ = [_span_line(each, _) for each in spans if not each.is_in_force]
        parts = [_measured(name, content, _)]
        if current:
            heading = _("In force")
            parts.append(f"**{heading}**\n" + "\n".join(current))
        if open_:
            heading = _("We do not know whether these are in force")
            parts.append(f"**{heading}**\n" + "\n".join(open_))
        parts.append(_caution(_))
        value = NO_VALUE if content is None else str(content)
        back = Button(label=_("All kinds of land"), action=Action(ACTION, substance, value))
        return Message(
            title=f"{_capital(name)} · {land_name(land, _)}",
            text="\n\n".join(parts),
            rows=((back, self._sources_button(substance, _)), (_chart(substance, value, _, land),)),
            direction="rtl" if _.language == "ar" else "ltr",
        )

    def history(self, substance: str, _: Translate) -> Message:
        """Superseded values, marked as such."""
        name = self._substances.name(substance, _.language)
        lines = [
            f"- {escape(place_name(value.jurisdiction, _))} ({escape(value.year)}): "
            f"{number(value.value, _.language)} mg/kg, {escape(kind_name(value, _))}"
            for value in self._guidelines.history(substance)
        ]
        return Message(
            title=_("{name}: old values", name=Raw(_capital(name))),
            text=_("These values have been replaced. They are history, not a measure.")
            + "\n\n"
            + "\n".join(lines),
        )

    def ask_unit(self, substance: str, written: str, _: Translate) -> Message:
        """The number came without a unit."""
        value = Decimal(written)
        choices = (("mg/kg, ppm", value), ("µg/kg, ppb", value / 1000), ("%", value * 10_000))
        buttons = tuple(
            Button(label=label, action=Action(ACTION, substance, format(scaled.normalize(), "f")))
            for label, scaled in choices
        )
        return Message(
            text=_(
                "Which unit stands in your report beside {number}? Without it the number can mean "
                "very different things.",
                number=number(value, _.language),
            ),
            rows=(buttons,),
        )

    def wrong_unit(self, written: str, _: Translate) -> Message:
        """The unit is one of water or blood."""
        return Message(
            text=_(
                "{written} is a measure for water or blood, not for soil. Soil is reported by "
                "weight, mostly in mg/kg (the same as ppm). Please look at the report again; for "
                "a blood result ask a doctor.",
                written=written,
            )
        )

    def _rows(
        self, substance: str, content: Decimal | None, lands: Sequence[Land], _: Translate
    ) -> tuple[Row, ...]:
        value = NO_VALUE if content is None else str(content)
        rows: list[Row] = [
            (Button(label=land_name(land, _), action=Action(ACTION, substance, value, land)),)
            for land in lands[:LISTED_VALUES]
        ]
        more: list[Button] = [_chart(substance, value, _), self._sources_button(substance, _)]
        if self._guidelines.history(substance):
            more.append(Button(label=_("Old values"), action=Action("limit-history", substance)))
        rows.append(tuple(more))
        rows.append(
            (
                Button(label=_("What to do next"), action=Action("show", "result-over-limit")),
                Button(label=_("Ask a person"), action=Action("person")),
            )
        )
        return tuple(rows)

    def _sources_button(self, substance: str, _: Translate) -> Button:
        return Button(label=_("Sources"), action=Action("limit-sources", substance))


def _chart(substance: str, value: str, _: Translate, *land: str) -> Button:
    return Button(label=_("Chart"), action=Action(CHART, substance, value, *land))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _measured(name: str, content: Decimal | None, _: Translate) -> str:
    if content is None:
        return ""
    return _(
        "You have **{content} mg/kg** of {name}.", content=number(content, _.language), name=name
    )


def _land_line(land: Land, spans: Sequence[Span], content: Decimal | None, _: Translate) -> str:
    lowest = min(span.lowest for span in spans)
    highest = max(span.highest for span in spans)
    line = f"- **{escape(land_name(land, _))}**: {_between(lowest, highest, _)}"
    if content is None:
        return line
    above = sum(span.side != "below" for span in spans)
    if not above:
        verdict = _("yours is not above any of them")
    else:
        verdict = _.plural(
            "yours is above a value of {above} of {count} place",
            "yours is above a value of {above} of {count} places",
            len(spans),
            above=above,
        )
    return f"{line}; {verdict}"


def _span_line(span: Span, _: Translate) -> str:
    kinds = "; ".join(dict.fromkeys(kind_name(value, _) for value in span.values))
    mark = {"below": "", "between": " ⚠", "above": " ⚠⚠", None: ""}[span.side]
    place = escape(place_name(span.jurisdiction, _))
    return f"- {place}: {_between(span.lowest, span.highest, _)} ({escape(kinds)}){mark}"


def _between(lowest: Decimal, highest: Decimal, _: Translate) -> str:
    low, high = number(lowest, _.language), number(highest, _.language)
    return f"{low} mg/kg" if lowest == highest else f"{low}–{high} mg/kg"


def _caution(_: Translate) -> str:
    return _(
        "No value holds world-wide. Each belongs to one country, land use and laboratory method, "
        "and kinds differ: some ask for a closer look, others for action. A result below a value "
        "is no proof that the soil is safe."
    )


def _next_step(spans: Sequence[Span], content: Decimal | None, _: Translate) -> str:
    if content is None:
        return ""
    if any(span.side != "below" for span in spans):
        return _(
            "Next: keep children away from bare soil, wash hands and produce, and ask your health "
            "or environment office which value holds where you live."
        )
    return _(
        "Next: ask your environment office which value holds where you live, and check that the "
        "sample was taken at the right depth."
    )
