"""Whatever strangers write is read or refused, never a fault."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import mutated, once
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.markup import escape, plain
from tests.core.outside import EXAMPLES, READERS

BYTES = st.binary(max_size=600)
TEXT = st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))


@pytest.mark.parametrize("name", sorted(READERS))
def test_any_bytes(name: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(data=BYTES | TEXT)
    @example(data=b"")
    def read(data: bytes) -> None:
        READERS[name](data)

    read()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_real_examples_are_read(name: str) -> None:
    for data in EXAMPLES[name]:
        READERS[name](data)


def test_changed_examples() -> None:
    chance = random.Random(7)
    for _ in range(600):
        once(mutated(chance))


@given(parts=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4))
def test_what_a_button_carries_comes_back_whole(parts: list[str]) -> None:
    try:
        packed = Action(parts[0], *parts[1:]).pack()
    except ChatError:
        return
    assert Action.unpack(packed) == Action(parts[0], *parts[1:])


@given(text=st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc")), max_size=200))
def test_what_people_write_is_never_markup(text: str) -> None:
    text = " ".join(text.split())
    assert plain(escape(text)) == text
