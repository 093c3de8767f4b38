"""Outcomes that are kept: the same as new ones, few, and only those of short questions."""

from __future__ import annotations

from knowledge.answering import Query
from knowledge.search.engine import Engine
from knowledge.search.recent import Recent
from tests.knowledge.small_base import collection

QUERIES = (
    Query(text="how much lead is too much?"),
    Query(text="how much lead is too much?", language="fr"),
    Query(text="hello"),
    Query(text="how do I take a sample and how do I rinse a can?"),
    Query(text="and for how long?", previous="soil-sample", previous_text="take a sample"),
    Query(text="and for how long?", previous="rinse-can", previous_text="rinsing a can"),
    Query(text="and for how long?"),
)


def test_an_outcome_that_was_kept_is_the_one_of_a_new_engine() -> None:
    engine = Engine.build(collection())
    first = [engine.decide(query) for query in QUERIES]
    again = [engine.decide(query) for query in QUERIES]
    fresh = [Engine.build(collection()).decide(query) for query in QUERIES]
    assert first == again == fresh
    assert all(one is other for one, other in zip(first, again, strict=True))
    assert len({outcome.language for outcome in first[:2]}) == 2


def test_a_long_text_is_not_kept() -> None:
    engine = Engine.build(collection())
    query = Query(text="how much lead is too much? " * 20)
    assert engine.decide(query) == engine.decide(query)
    assert engine.decide(query) is not engine.decide(query)


def test_the_oldest_make_room_and_what_is_asked_again_stays() -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    recent: Recent[str, str] = Recent(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert recent.get(key, lambda key=key: make(key)) == key.upper()  # type: ignore[misc]  # the default binds the loop's value
    assert made == ["a", "b", "c", "b"]
    assert len(recent) == 2
