"""Reminders from the answer to the outbox, whatever happens in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.calendar.leads import QuietHours
from bot.chat.events import Author, ConversationRef
from bot.clockwork.reminding import START_GRACE
from bot.clockwork.texts import Defaults
from bot.store import Database
from bot.store.calendar_choices import ChatChoices, Choices
from bot.store.digests import Digest
from tests.clockwork.world import START, World

DAY = timedelta(days=1)
CHANNEL = ConversationRef(platform="discord", chat_id="7", is_private=False)


async def test_a_guest_is_reminded_at_each_lead_once(world: World) -> None:
    start = START + 8 * DAY
    told = await world.event(start)
    await world.comes("ana", told)
    await world.comes("ben", told, "maybe")
    await world.comes("cleo", told, "no")
    await world.pass_to(start + DAY)
    await world.tick()
    expected = [f"before {lead} 09.06. 14:00 en" for lead in (10080, 1440, 60, 0)]
    assert await world.outbox("ana") == [*expected, "thanks"]
    assert await world.outbox("ben") == expected
    assert await world.outbox("cleo") == []
    assert world.pokes == 5


async def test_choices_of_people_and_chats(world: World) -> None:
    start = START + 8 * DAY
    told = await world.event(start, topics=("mapping",))
    ana = await world.comes("ana", told)
    ben = await world.comes("ben", told)
    now = world.clock.now()
    async with world.database.begin() as store:
        await store.calendar_choices.set_person(ana, Choices(leads=()), now)
        chosen = Choices(leads=(30,), zone="Asia/Tokyo")
        await store.calendar_choices.set_person(ben, chosen, now)
        mapping = ChatChoices(
            where=CHANNEL, language="fr", topics=("mapping",), choices=Choices(leads=(60, 0))
        )
        await store.calendar_choices.set_chat(mapping, now)
        other = replace(CHANNEL, chat_id="8")
        await store.calendar_choices.set_chat(ChatChoices(where=other, topics=("policy",)), now)
    await world.pass_to(start + DAY)
    assert await world.outbox("ana") == []
    assert await world.outbox("ben") == ["before 30 09.06. 21:00 en", "thanks"]
    assert await world.outbox("7") == [
        "before 60 09.06. 14:00 fr",
        "before 0 09.06. 14:00 fr",
    ]
    assert await world.outbox("8") == []


async def test_who_answers_late_gets_no_reminders_of_the_past(world: World) -> None:
    told = await world.event(START + timedelta(minutes=90))
    await world.comes("ana", told)
    await world.tick()
    assert [row.lead for row in await world.rows() if row.kind == "before"] == [60, 0]


async def test_quiet_hours(database: Database) -> None:
    quiet = QuietHours.parse("21:00-07:00")
    world = World(database, Defaults(zone="Europe/Rome", quiet=quiet))
    # 06:30 in Rome, nine days later.
    start = START.replace(hour=4, minute=30) + 9 * DAY
    told = await world.event(start)
    ana = await world.comes("ana", told)
    async with world.database.begin() as store:
        chosen = Choices(zone="Europe/Rome")
        await store.calendar_choices.set_person(ana, chosen, world.clock.now())
    await world.tick()
    due = {(row.kind, row.lead): f"{row.due_at:%d. %H:%M}" for row in await world.rows()}
    # In UTC: after the night; after the night; before it; none at the start; thanks in the day.
    assert due == {
        ("before", 10080): "03. 05:00",
        ("before", 1440): "09. 05:00",
        ("before", 60): "09. 19:00",
        ("thanks", 0): "10. 06:00",
    }


async def test_a_day_of_silence_is_caught_up(world: World) -> None:
    near = await world.event(START + timedelta(hours=30))
    over = await world.event(START + timedelta(hours=3))
    far = await world.event(START + 8 * DAY)
    for told in (near, over, far):
        await world.comes("ana", told)
    await world.tick()
    await world.jump_to(START + timedelta(hours=29, minutes=30))
    # In the order in which they were due. Near: its day before is superseded by its hour before.
    assert await world.outbox("ana") == [
        "thanks",
        "late before 10080 09.06. 14:00 en",
        "late before 60 02.06. 20:00 en",
    ]
    reasons = {(row.lead, row.reason) for row in await world.rows() if row.state == "skipped"}
    assert reasons == {(60, "over"), (0, "over"), (1440, "superseded")}
    assert await world.outbox("-100") == ["skipped 2"]


async def test_the_start_reminder_has_a_grace(world: World) -> None:
    start = START + timedelta(hours=2)
    told = await world.event(start)
    await world.comes("ana", told)
    await world.tick()
    await world.jump_to(start + START_GRACE - timedelta(minutes=1))
    assert await world.outbox("ana") == ["late before 0 01.06. 16:00 en"]


async def test_an_event_moved_after_its_reminder_went_out(world: World) -> None:
    start = START + timedelta(hours=25)
    told = await world.event(start)
    await world.comes("ana", told)
    await world.pass_to(start - DAY)
    assert await world.outbox("ana") == ["before 1440 02.06. 15:00 en"]
    told = await world.move(told, 2 * DAY)
    await world.pass_to(start + 2 * DAY - timedelta(minutes=30))
    assert await world.outbox("ana") == [
        "before 1440 02.06. 15:00 en",
        "before 1440 04.06. 15:00 en",
        "before 60 04.06. 15:00 en",
    ]
    # Sooner than its day before: nothing is sent twice, nothing for what has passed.
    await world.move(told, -timedelta(minutes=10))
    await world.pass_to(start + 2 * DAY + timedelta(minutes=5))
    assert (await world.outbox("ana"))[3:] == ["before 0 04.06. 14:50 en"]


async def test_what_is_moved_or_cancelled_between_ticks_is_not_sent(world: World) -> None:
    start = START + timedelta(hours=2)
    moved, cancelled, deleted = [await world.event(start) for _ in range(3)]
    for told in (moved, cancelled, deleted):
        await world.comes("ana", told)
    await world.tick()
    world.clock.advance(3600)
    await world.move(moved, DAY)
    async with world.database.begin() as store:
        await store.events.set_state(cancelled.id, "cancelled", world.clock.now())
        await store.events.set_state(deleted.id, "deleted", world.clock.now())
    # The reminders are due, and nobody has planned them anew yet.
    assert await world.reminding().send_due() == 0
    await world.tick()
    assert await world.outbox() == []
    assert {row.starts_at for row in await world.rows()} == {start + DAY}


async def test_an_event_deleted_while_its_reminder_is_in_flight(world: World) -> None:
    start = START + timedelta(hours=1)
    told = await world.event(start)
    await world.comes("ana", told)
    await world.planning().plan()
    where = await world.occurrence(told)

    async def delete() -> None:
        async with world.database.begin() as store:
            await store.events.set_state(told.id, "deleted", world.clock.now())

    await asyncio.gather(world.reminding().send_due(), delete(), world.reminding().send_due())
    assert len(await world.outbox("ana")) <= 1
    await world.pass_to(start + timedelta(hours=3))
    assert len(await world.outbox("ana")) <= 1
    async with world.database.begin() as store:
        assert await store.occurrences.get(where.id) is None


async def test_a_clock_moved_by_hours(world: World) -> None:
    start = START + timedelta(hours=10)
    told = await world.event(start)
    await world.comes("ana", told)
    await world.tick()
    await world.jump_to(START + timedelta(hours=9, minutes=1))
    assert await world.outbox("ana") == ["before 60 02.06. 00:00 en"]
    # Set back by five hours, and on again: nothing comes twice.
    world.clock.advance(-5 * 3600)
    await world.pass_to(start + timedelta(minutes=1))
    assert await world.outbox("ana") == ["before 60 02.06. 00:00 en", "before 0 02.06. 00:00 en"]


async def test_the_waiting_list_moves_up_and_is_told(world: World) -> None:
    told = await world.event(START + 2 * DAY, capacity=1)
    ana = await world.comes("ana", told)
    world.clock.advance(1)
    await world.comes("ben", told)
    await world.tick()
    assert await world.outbox() == []
    async with world.database.begin() as store:
        await store.eraser.forget(ana, world.clock.now())
    await world.tick()
    await world.tick()
    assert await world.outbox() == ["moved up"]
    assert {row.lead for row in await world.rows()} == {1440, 60, 0}


async def test_a_recording_is_told_to_those_who_came(world: World) -> None:
    start = START + timedelta(hours=2)
    told = await world.event(start)
    await world.comes("ana", told)
    await world.pass_to(start + timedelta(hours=2))
    where = await world.occurrence(told)
    async with world.database.begin() as store:
        for _ in range(2):
            await store.event_texts.add_file(
                told.id,
                occurrence_id=where.id,
                kind="recording",
                title="Film",
                url="https://example.org/film",
                now=world.clock.now(),
            )
    await world.tick()
    await world.tick()
    assert (await world.outbox("ana"))[-1] == "recording https://example.org/film"
    assert (await world.outbox("ana")).count("recording https://example.org/film") == 1


async def test_on_discord_only_who_asked_hears_alone(world: World) -> None:
    told = await world.event(START + 2 * DAY)
    where = await world.occurrence(told)
    quiet = await world.person("1", platform="discord")
    asked = await world.person("2", platform="discord", locale="fr")
    now = world.clock.now()
    async with world.database.begin() as store:
        for each in (quiet, asked):
            await store.attendance.answer(where.id, each, "going", now)
        await store.calendar_choices.set_person(asked, Choices(leads=(60,)), now)
    await world.tick()
    assert {row.person_id for row in await world.rows()} == {asked}
    await world.pass_to(START + 2 * DAY)
    assert await world.outbox("user:2") == ["before 60 03.06. 14:00 fr"]


async def test_digests(world: World) -> None:
    await world.event(START + 9 * DAY)
    for chat, zone in (("ana", "Europe/Rome"), ("ben", "Asia/Tokyo")):
        async with world.database.begin() as store:
            wanted = Digest(
                where=ConversationRef(platform="telegram", chat_id=chat),
                language="fr",
                zone=zone,
                weekday=0,
                hour=8,
            )
            kept = await store.digests.subscribe(wanted, world.clock.now())
            assert kept.next_at is not None
    # Monday the 8th: Tokyo is seven hours ahead. The first week holds nothing, so nothing is sent.
    await world.pass_to(START + 7 * DAY)
    assert await world.outbox() == ["digest 1 0 fr", "digest 1 0 fr"]
    await world.jump_to(START + 14 * DAY + DAY)
    assert len(await world.outbox()) == 2


async def test_a_thousand_guests_and_three_clocks_at_once(world: World) -> None:
    start = START + timedelta(hours=1)
    told = await world.event(start)
    where = await world.occurrence(told)
    now = world.clock.now()
    async with world.database.begin() as store:
        for number in range(600):
            author = Author(platform="telegram", id=f"p{number}", name="Somebody")
            person = (await store.people.recognise(author, now)).id
            await store.attendance.answer(where.id, person, "going", now)
    await asyncio.gather(*(world.planning().plan() for _ in range(3)))
    rows = await world.rows()
    assert len(rows) == 600 * 3
    await asyncio.gather(*(world.reminding().send_due() for _ in range(3)))
    sent = await world.outbox()
    assert len(sent) == 600
    assert sum(row.state == "queued" for row in await world.rows()) == 600


async def test_a_group_that_moves_takes_its_choices_along(world: World) -> None:
    told = await world.event(START + 2 * DAY)
    old = ConversationRef(platform="telegram", chat_id="-5", is_private=False)
    new = replace(old, chat_id="-1005")
    now = world.clock.now()
    async with world.database.begin() as store:
        await store.calendar_choices.set_chat(ChatChoices(where=old, language="fr"), now)
        await store.digests.subscribe(Digest(where=old, language="fr", zone="Asia/Tokyo"), now)
    await world.tick()
    for _ in range(2):
        async with world.database.begin() as store:
            await store.calendar_choices.move(old, new, now)
    await world.tick()
    assert {row.chat_id for row in await world.rows()} == {"-1005"}
    async with world.database.begin() as store:
        assert await store.digests.get(old) is None
        assert await store.digests.get(new) is not None
        kept = await store.calendar_choices.of_chat(new)
    assert kept is not None
    assert kept.language == "fr"
    assert told.id


async def test_two_records_of_one_person_get_one_reminder(world: World) -> None:
    start = START + timedelta(hours=2)
    told = await world.event(start)
    ana, ben = await world.comes("ana", told), await world.comes("ben", told)
    await world.tick()
    async with world.database.begin() as store:
        await store.eraser.merge(ana, ben)
    await world.pass_to(start)
    assert len(await world.outbox()) == 2
    assert {row.person_id for row in await world.rows()} == {ana}


async def test_nothing_is_left_of_somebody_who_is_forgotten(world: World) -> None:
    told = await world.event(START + timedelta(hours=2))
    ana = await world.comes("ana", told)
    async with world.database.begin() as store:
        await store.calendar_choices.set_person(ana, Choices(leads=(60,)), world.clock.now())
    await world.tick()
    async with world.database.begin() as store:
        assert set(await store.export(ana)) >= {"attendance", "calendar_person", "reminder"}
        await store.eraser.forget(ana, world.clock.now())
    await world.pass_to(START + timedelta(hours=4))
    assert await world.rows() == []
    assert await world.outbox() == []
