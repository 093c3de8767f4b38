"""Many people at once, on SQLite and on PostgreSQL where a server can be had."""

from __future__ import annotations

import asyncio

from bot.chat.actions import Action
from bot.chat.turn import Role
from tests.databases import on_both
from tests.events.stage import outbox, publish
from tests.stage import Stage

pytestmark = on_both


async def test_the_last_places_go_to_as_many_as_there_are(stage: Stage) -> None:
    sara = stage.persona("Sara", role=Role.SECRETARIAT)
    await publish(sara)
    await sara.presses("Places")
    await sara.says("3")
    people = [stage.persona(f"Guest {number}") for number in range(12)]
    for each in people:
        await each.says("/start")
    going = Action("event", "answer", "1", "going")
    await asyncio.gather(*(each.presses_action(going) for each in people))
    async with stage.database.begin() as store:
        counts = await store.attendance.counts(1)
        answers = [await store.attendance.get(1, number) for number in range(1, 20)]
    assert (counts.going, counts.waiting) == (3, 9)
    places = sorted(each.place for each in answers if each is not None and each.is_waiting)
    assert places == list(range(1, 10))
    leaving = [each for each in people if "waiting list" not in each.screen]
    no = Action("event", "answer", "1", "no")
    await asyncio.gather(*(each.presses_action(no) for each in (*leaving, *leaving)))
    async with stage.database.begin() as store:
        counts = await store.attendance.counts(1)
    assert (counts.going, counts.waiting, counts.no) == (3, 6, 3)


async def test_a_cancellation_pressed_twice_at_once_is_told_once(stage: Stage) -> None:
    sara = stage.persona("Sara", role=Role.SECRETARIAT)
    paul = stage.persona("Paul", role=Role.SECRETARIAT)
    await publish(sara)
    ana = stage.persona("Ana")
    await ana.presses_action(Action("event", "answer", "1", "going"))
    await sara.presses("Cancel the event")
    stop = sara.button("Yes, cancel it").action
    await asyncio.gather(sara.presses_action(stop), paul.presses_action(stop))
    assert len(await outbox(stage.database)) == 1
