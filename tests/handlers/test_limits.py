"""Guideline values in a conversation."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.store import Database
from knowledge.library import Library
from knowledge.loader import load
from knowledge.search.fuzzy import FuzzySearch
from tests.clock import ManualClock
from tests.stage import Stage


async def test_a_result_is_compared_by_land_and_place(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/limits lead 250")
    ana.sees("Which unit")
    await ana.presses("mg/kg")
    ana.sees("You have 250 mg/kg of lead", "No value holds world-wide", "no proof", "Homes")
    await ana.presses("Playgrounds")
    ana.sees("Germany: 200 mg/kg (test value)", "⚠", "In force")
    await ana.presses("All kinds of land")
    ana.sees("You have 250 mg/kg of lead")


async def test_the_values_name_their_sources(database: Database, clock: ManualClock) -> None:
    ana = Stage(database, clock, Library(load(), FuzzySearch.build)).persona("Ana")
    await ana.says("/limits lead")
    await ana.presses("Sources")
    ana.sees("https://")


async def test_free_text_with_a_number_is_compared(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("is 120 ppm of lead in garden soil dangerous?")
    ana.sees("You have 120 mg/kg of lead")
    assert "error number" not in ana.screen


async def test_a_mild_extract_and_old_values_are_never_compared(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/limits cadmium 1 mg/kg")
    ana.sees("mobile part of cadmium", "never hold a total content")
    ana.sees_not("0.04")
    await ana.presses("Old values")
    ana.sees("history, not a measure")


async def test_without_words_the_substance_is_asked(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/limits")
    await ana.presses("arsenic")
    ana.sees("Arsenic in soil: published values")
    await ana.says("/limits unobtainium 5")
    ana.sees("I have no values for that", "lead")


async def test_blood_results_are_sent_to_a_doctor(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("lead 15 µg/dL in blood test")
    ana.sees("not for soil")


async def test_an_emergency_with_a_number_is_still_an_emergency(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("my child ate soil with 900 mg/kg lead and is vomiting")
    ana.sees("poison centre")


@pytest.mark.parametrize(
    "args",
    [("lead",), ("lead", "x"), ("lead", "1e999"), ("lead", "-5"), ("gold", "1"), ("lead", "NaN")],
)
async def test_broken_buttons_are_refused_in_words(stage: Stage, args: tuple[str, ...]) -> None:
    ana = stage.persona("Ana")
    await ana.presses_action(Action("limit", *args))
    ana.sees("This button no longer works")
