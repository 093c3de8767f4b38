"""Conversations over the real search: what a program must not answer, two questions at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import LimitSettings, Settings
from bot.store import Database
from knowledge.library import Library
from knowledge.search.engine import Engine
from tests.clock import ManualClock
from tests.knowledge.small_base import collection
from tests.stage import Persona, Stage


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Five articles with the search that serves people."""
    cache: Path = tmp_path_factory.mktemp("cache")
    return Library(collection(), lambda articles: Engine.build(articles, cache))


@pytest.fixture
def stage(database: Database, clock: ManualClock, library: Library) -> Stage:
    settings = Settings(limits=LimitSettings(burst=1000, messages_per_minute=1000))
    return Stage(database, clock, library, settings)


@pytest.fixture
async def ana(stage: Stage) -> Persona:
    """Somebody who chose English: five articles tell languages apart badly."""
    ana = stage.persona("Ana")
    await ana.says("/language")
    await ana.presses("English")
    return ana


@pytest.mark.parametrize(
    "words",
    [
        "how many ml of pesticide should I spray per hectare",
        "am I poisoned, which medicine do I take",
        "can I sue my neighbour",
    ],
)
async def test_doses_medicine_and_law_are_left_to_people(ana: Persona, words: str) -> None:
    await ana.says(words)
    ana.sees("I must not answer this one", "Shall I pass it to the secretariat?")
    await ana.presses("Ask a person")
    ana.sees("has the number")
    await ana.says("/questions")
    ana.sees(words[:25])


async def test_two_questions_at_once_get_two_answers(ana: Persona) -> None:
    await ana.says("How do I take a soil sample? What is the limit for lead in soil?")
    assert len(ana.last) >= 2
    ana.sees("Taking a soil sample", "Limits for lead")


async def test_an_emergency_goes_before_everything_else(ana: Persona) -> None:
    await ana.says("How do I join the network? My child drank pesticide")
    ana.sees_not("Joining the network")
    assert "poison" in ana.screen.lower() or "emergency" in ana.screen.lower()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("thanks a lot", "You are welcome."),
        ("bye", "Good-bye, and good luck with your soil."),
        ("who are you?", "I am a program, the assistant of the International Network"),
        ("this is useless", "I am sorry that I was not of more help."),
        ("hello", "Hello Ana. What would you like to know about soil pollution?"),
    ],
)
async def test_small_talk_is_answered_as_such(ana: Persona, said: str, answer: str) -> None:
    await ana.says(said)
    ana.sees(answer)


async def test_who_complains_can_reach_a_person(ana: Persona) -> None:
    await ana.says("this is useless")
    await ana.presses(ana.buttons[0].label)
    ana.sees("What is your question?")


async def test_a_page_is_shown_to_who_asks_for_it_in_words(ana: Persona) -> None:
    await ana.says("delete my data")
    ana.sees("What I keep about you")
