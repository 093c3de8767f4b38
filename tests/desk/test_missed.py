"""How far Discord was heard, and what is said of words that may be lost, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.catching_up import BacklogClosed, Place
from bot.chat.errors import Undeliverable
from bot.chat.events import ConversationRef, FormSubmitted
from bot.commands.desk_tasks import backlog_of, relay_of
from bot.desk.missed import Missed
from bot.store import Database
from tests.clock import ManualClock
from tests.databases import on_both
from tests.delivery.world import SeverableDatabase
from tests.desk.people import Desks, texts, writes
from tests.stage import Persona, Stage

pytestmark = on_both

HOUR = timedelta(hours=1)


@pytest.fixture
def missed(stage: Stage) -> Missed:
    return backlog_of(stage.app)


@pytest.fixture
async def asker(stage: Stage, desks: Desks) -> Persona:
    """Somebody whose question has a thread at the desk, with an answer in it."""
    persona = stage.persona("Ana", platform="discord")
    values = (("question", "Is my well safe?"),)
    await persona.does(FormSubmitted(form="contact", values=values, **persona.common()))
    await desks.work()
    await writes(desks.contact(), "Boil it.")
    await desks.work()
    return persona


def thread_of(desks: Desks) -> ConversationRef:
    return next(each for each in desks.opened if each.platform == "discord")


async def test_how_far_it_was_heard_is_kept(
    missed: Missed, stage: Stage, clock: ManualClock
) -> None:
    assert await missed.since("discord") is None
    for _ in range(2):
        clock.advance(60)
        await missed.heard("discord", clock.now())
    assert await backlog_of(stage.app).since("discord") == clock.now()
    assert await missed.since("telegram") is None


async def test_threads_and_askers_are_places(missed: Missed, asker: Persona, desks: Desks) -> None:
    places = await missed.places("discord")
    assert places == [
        Place(where=thread_of(desks), question=1),
        Place(where=asker.where, question=1),
    ]


async def test_closed_questions_are_places_for_a_week(
    missed: Missed, asker: Persona, desks: Desks, clock: ManualClock
) -> None:
    await desks.contact().says("#close")
    await desks.work()
    clock.advance(6 * 86400)
    assert Place(where=thread_of(desks)) in await missed.places("discord")
    clock.advance(2 * 86400)
    assert await missed.places("discord") == []


@pytest.mark.parametrize("is_asker", [False, True])
async def test_what_may_be_lost_is_told_once_and_where_it_was_written(
    missed: Missed, asker: Persona, desks: Desks, clock: ManualClock, is_asker: bool
) -> None:
    where, other = thread_of(desks), asker.where
    if is_asker:
        where, other = other, where
    for _ in range(2):
        await missed.lost(Place(where=where, question=1), clock.now() - HOUR, clock.now())
    out = await desks.work()
    (told,) = texts(out, where.chat_id)
    assert "please write it again" in told
    assert "written here" in told or is_asker
    assert texts(out, other.chat_id) == []
    # Another time away is told anew.
    await missed.lost(Place(where=where, question=1), clock.now(), clock.now() + HOUR)
    assert len(texts(await desks.work(), where.chat_id)) == 1


async def test_of_closed_questions_and_other_talk_nothing_is_said(
    missed: Missed, asker: Persona, desks: Desks, clock: ManualClock
) -> None:
    await missed.lost(Place(where=asker.where), clock.now() - HOUR, clock.now())
    await missed.lost(Place(where=asker.where, question=99), clock.now() - HOUR, clock.now())
    await desks.contact().says("#close")
    await desks.work()
    await missed.lost(Place(where=asker.where, question=1), clock.now() - HOUR, clock.now())
    assert texts(await desks.work(), asker.where.chat_id) == []


class Cleared(Desks):
    """Whose threads were all deleted."""

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        raise Undeliverable("no such thread")


async def test_a_thread_that_is_gone_is_made_anew_and_a_private_chat_is_not(
    missed: Missed, asker: Persona, desks: Desks, stage: Stage
) -> None:
    old, cleared = thread_of(desks), Cleared(stage)
    await missed.gone(Place(where=asker.where, question=1))
    await missed.gone(Place(where=old))
    await cleared.work()
    assert cleared.opened == []
    await missed.gone(Place(where=old, question=1))
    out = await cleared.work()
    (fresh,) = cleared.opened
    assert fresh.platform == "discord"
    assert "Boil it." in texts(out, fresh.chat_id)[-1]


async def test_what_was_passed_on_is_known_by_its_place(
    missed: Missed, asker: Persona, desks: Desks, clock: ManualClock
) -> None:
    await writes(asker, "Where?")
    (own,) = (await missed.spoken("discord", clock.now() - HOUR))[asker.where.chat_id]
    assert own.author.id == asker.author.id
    assert await missed.spoken("discord", clock.now() + HOUR) == {}


async def test_whether_history_may_be_read_is_a_trouble(missed: Missed, stage: Stage) -> None:
    await missed.readable("discord", is_so=False)
    assert list(stage.app.troubles.current) == ["history:discord"]
    await missed.readable("discord", is_so=True)
    assert list(stage.app.troubles.current) == []


async def test_a_database_that_is_away_closes_the_backlog(
    stage: Stage, database: Database, clock: ManualClock
) -> None:
    url = database.url.render_as_string(hide_password=False)
    async with SeverableDatabase(url) as severed:
        severed.is_severed = True
        missed = Missed(
            database=severed,
            clock=clock,
            relay=relay_of(stage.app),
            troubles=stage.app.troubles,
        )
        with pytest.raises(BacklogClosed):
            await missed.since("discord")
