"""Guideline values: ``/limits lead 120``, the buttons under them, and numbers in a question."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.markup import escape
from bot.chat.messages import Choice, Message, Notice, Select
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from handlers.descriptions import Translators, in_all
from handlers.limit_charts import LimitCharts
from handlers.limit_texts import ACTION, CHART, NO_VALUE, LimitTexts
from knowledge.guidelines import LANDS, Guidelines, cited
from knowledge.library import Library
from knowledge.measurement import Measurement, measure
from knowledge.substances import Substances

ASKED_MOST: Final = (
    "lead",
    "cadmium",
    "arsenic",
    "mercury",
    "copper",
    "zinc",
    "nickel",
    "chromium",
    "chromium-vi",
    "cobalt",
    "antimony",
    "benzoapyrene",
    "pah",
    "pcb",
    "ddt",
    "benzene",
    "cyanide",
    "petroleum-hydrocarbons",
)
BARE_NUMBER_WORDS: Final = 8
"""A number without a unit counts as a content in a message of at most so many words."""


class Limits:
    """Answers from the tables of guideline values, never from an article's text."""

    def __init__(self, library: Library, translators: Translators) -> None:
        self._library = library
        self._translators = translators
        self._guidelines = Guidelines.load()
        self._substances = Substances.load()
        self._texts = LimitTexts(self._guidelines, self._substances)
        self._charts = LimitCharts(self._guidelines, self._substances)

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="limits",
            descriptions=in_all(self._translators, N_("Guideline values for a substance in soil")),
            option="result",
            option_hints=in_all(self._translators, N_("Substance and result: lead 120 mg/kg")),
        )
        routes.add_command(spec, self.command)
        routes.add_action(ACTION, self.press)
        routes.add_action(CHART, self.chart)
        routes.add_action("limit-pick", self.pick)
        routes.add_action("limit-history", self.history)
        routes.add_action("limit-sources", self.sources)

    async def command(self, turn: Turn) -> Reply:
        """``/limits``, ``/limits lead``, ``/limits lead 120 ppm``."""
        assert isinstance(turn.event, CommandInvoked)
        text = turn.event.text.strip()
        if not text:
            return self._choose(turn._, turn._("Which substance?"))
        found = measure(text, self._substances)
        if found is None:
            return self._choose(
                turn._, turn._("I have no values for that. These are the ones I am asked most:")
            )
        return self._reply(found, turn._)

    def answer(self, text: str, translate: Translate) -> Message | None:
        """The comparison for a question that holds a measured content, else None."""
        if not any(letter.isdigit() for letter in text):
            return None
        found = measure(text, self._substances)
        if found is None or found.value is None:
            return None
        if found.unit == "missing" and len(text.split()) > BARE_NUMBER_WORDS:
            return None
        return self._reply(found, translate)

    async def press(self, turn: Turn) -> Reply:
        """A land, or back to all of them, or the unit that was asked for."""
        assert isinstance(turn.event, ActionPressed)
        substance, value, land = (*turn.event.action.args, "", "", "")[:3]
        content = _content(value)
        if substance not in self._guidelines.substances or (content is None and value != NO_VALUE):
            return _gone(turn)
        if land in LANDS:
            return self._texts.land(substance, content, land, turn._)
        return self._texts.overview(substance, content, turn._)

    async def chart(self, turn: Turn) -> Reply:
        """The values as a picture, for one land or all."""
        assert isinstance(turn.event, ActionPressed)
        substance, value, land = (*turn.event.action.args, "", "", "")[:3]
        content = _content(value)
        if substance not in self._guidelines.substances or (content is None and value != NO_VALUE):
            return _gone(turn)
        found = await self._charts.message(
            substance, content, land if land in LANDS else None, turn._
        )
        return found or _gone(turn)

    async def pick(self, turn: Turn) -> Reply:
        """A substance was chosen from the list."""
        assert isinstance(turn.event, ActionPressed)
        substance = turn.event.action.args[-1] if turn.event.action.args else ""
        if substance not in self._guidelines.substances:
            return _gone(turn)
        return self._texts.overview(substance, None, turn._)

    async def history(self, turn: Turn) -> Reply:
        """Superseded values."""
        assert isinstance(turn.event, ActionPressed)
        substance = turn.event.action.args[0] if turn.event.action.args else ""
        if substance not in self._guidelines.substances:
            return _gone(turn)
        return self._texts.history(substance, turn._)

    async def sources(self, turn: Turn) -> Reply:
        """Where the values stand."""
        assert isinstance(turn.event, ActionPressed)
        substance = turn.event.action.args[0] if turn.event.action.args else ""
        keys = cited(self._guidelines.compare(substance, None))
        known = self._library.collection.sources
        lines = []
        for source in (known[key] for key in keys if key in known):
            title = escape(source.title)
            shown = f"[{title}]({source.url})" if source.url else title
            lines.append(f"- {escape(source.organisation)}: {shown}")
        if not lines:
            return _gone(turn)
        return Message(title=turn._("Sources"), text="\n".join(lines))

    def _reply(self, found: Measurement, translate: Translate) -> Message:
        if found.value is None:
            return self._texts.overview(found.substance, None, translate)
        if found.unit == "wrong":
            return self._texts.wrong_unit(found.written, translate)
        if found.unit == "missing":
            return self._texts.ask_unit(found.substance, str(found.value), translate)
        return self._texts.overview(found.substance, found.value, translate)

    def _choose(self, translate: Translate, text: str) -> Message:
        choices = tuple(
            Choice(label=self._substances.name(key, translate.language), value=key)
            for key in ASKED_MOST
            if key in self._guidelines.substances
        )
        select = Select(
            placeholder=translate("Choose a substance"),
            action=Action("limit-pick"),
            choices=choices,
        )
        return Message(text=text, rows=((select,),))


def _content(value: str) -> Decimal | None:
    try:
        content = Decimal(value)
    except InvalidOperation:
        return None
    return content if content.is_finite() and 0 <= content <= 1_000_000 else None


def _gone(turn: Turn) -> Notice:
    return Notice(text=turn._("This button no longer works. Please ask again."))
