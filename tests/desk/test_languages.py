"""Everybody reads their own language: the asker, the desk, who presses a button."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.calendar.rules import BrokenRule, tidy_rule
from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.messages import FileRef, Message
from bot.delivery.carrying import FileCarrier
from bot.store import Database
from bot.translating import translator
from handlers.desk_words import deed_word
from handlers.event_changes import _followed
from tests.clock import ManualClock
from tests.desk.people import Desks, ask, desk_library, settings, texts, writes
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def stage(database: Database, clock: ManualClock) -> Stage:
    french = settings().model_copy(update={"language": "fr"})
    return Stage(database, clock, desk_library(), french)


async def test_a_desk_reads_the_language_of_the_settings(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana", locale="es")
    await ask(ana, "¿Es segura el agua de mi pozo para regar las verduras?")
    (head, *_) = texts(await desks.work(), desks.opened[0].chat_id)
    fr, es = translator("fr"), translator("es")
    assert fr("For: {name}", name="Natalia") in head
    nat = desks.contact()
    await nat.presses_action(Action("desk", "take", "1"))
    out = await desks.work()
    assert fr("{name} takes this question.", name="Natalia") in texts(out, nat.where.chat_id)[0]
    (told,) = texts(out, ana.where.chat_id)
    words = "{name} has taken your question {number}. From now on what you write here goes to a"
    assert told.startswith(
        es(f"{words} person; begin with /ask to ask me.", name="Natalia", number=1)
    )
    stage.clock.advance(3 * 24 * 3600)
    out = await desks.work()
    nudge = fr("⏰ This question is overdue. {name}, please answer.", name="Natalia")
    assert any(nudge in text for text in texts(out, nat.where.chat_id))
    desks.refuses[ana.where.chat_id] = "refused"
    await writes(nat, "Boil it.")
    out = await desks.work()
    failure = fr("The last message did not arrive: the platform refused it.")
    assert any(failure in text for text in texts(out, nat.where.chat_id))


async def test_a_file_that_is_lost_is_told_in_the_readers_language(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana", locale="es")
    await writes(ana, "", files=1)
    out = await desks.work()
    (at_desk,) = [m for to, _, m in out if to == desks.opened[0]]
    assert [file.language for file in at_desk.files] == ["fr"]
    nat = desks.contact()
    await writes(nat, "Like this.", files=1)
    out = await desks.work()
    (answer,) = [m for to, _, m in out if to == ana.where]
    assert [file.language for file in answer.files] == ["es"]
    lost = FileRef(platform="email", kind="document", handle="x", language="es")
    carrier = FileCarrier(1000, {})
    where = ConversationRef(platform="telegram", chat_id="1")
    sent = await carrier.prepared(where, Message(text="See:", files=(lost,)))
    words = "{count} file could not be passed on: it is too large here, or gone."
    many = "{count} files could not be passed on: they are too large here, or gone."
    assert translator("es").plural(words, many, 1) in sent.text


async def test_the_history_and_the_list_hold_words_and_no_names_of_columns(stage: Stage) -> None:
    desks, ana = Desks(stage), stage.persona("Ana")
    await ask(ana)
    await desks.work()
    nat = desks.contact()
    await nat.presses_action(Action("desk", "history", "1"))
    french = translator("fr")
    nat.sees(french("given to a contact") + " · Natalia")
    nat.sees_not("routed")
    await (nat := stage.persona("Nat")).says("/questions")
    nat.sees(french("not taken yet"))


def test_every_deed_that_is_noted_has_words() -> None:
    """Whatever the code writes into a history is named in the reader's language."""
    noted = set()
    for folder in ("bot/desk", "handlers"):
        for file in (ROOT / folder).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            calls = re.findall(r"(?:question_events\.add|_note)\([^\"]{0,80}\"([a-z]+)\"", text)
            noted.update(calls)
    assert {"opened", "answered", "merged", "canned"} <= noted
    unknown = [kind for kind in noted if deed_word(kind, _Marked()) == kind]  # type: ignore[arg-type]  # A stand-in.
    assert unknown == []


def test_a_rule_that_cannot_be_followed_is_told_in_translated_words() -> None:
    with pytest.raises(BrokenRule) as caught:
        tidy_rule("FREQ=DAILY;COUNT=2;COUNT=3", "Europe/Rome")
    assert str(caught.value) == "COUNT stands twice in it"
    told = _followed(caught.value, _Marked())  # type: ignore[arg-type]  # A stand-in.
    assert told == "«This repetition cannot be followed: {reason}.»"
    assert caught.value.words == "{name} stands twice in it"


class _Marked:
    """Translates into something else."""

    language = "xx"

    def __call__(self, text: str, /, **values: object) -> str:
        return f"«{text}»"
