"""Alerts: once a cause, with the all-clear, through the outbox; and /status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.events import ConversationRef
from bot.chat.markup import plain
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.troubles import Troubles
from bot.chat.turn import Role
from bot.chat.wire import message_from_json
from bot.config_operations import AlertSettings
from bot.desk.alert_texts import alert_text
from bot.operations.watching import STALE, Watch
from bot.store import Database
from bot.store.schema import delivery
from bot.translating import translator
from tests.clock import ManualClock
from tests.stage import Stage

DESK = ConversationRef(platform="discord", chat_id="77", is_private=False)
ASKER = ConversationRef(platform="telegram", chat_id="42")


@pytest.fixture
def troubles() -> Troubles:
    return Troubles()


@pytest.fixture
def watch(database: Database, clock: ManualClock, troubles: Troubles) -> Watch:
    return make(database, clock, troubles)


def make(database: Database, clock: ManualClock, troubles: Troubles, **changes: Any) -> Watch:
    options: dict[str, Any] = {
        "settings": AlertSettings(disk_free_mb=0),
        "desks": [DESK],
        "language": "en",
        "owner": "one",
        **changes,
    }
    return Watch(database=database, clock=clock, troubles=troubles, **options)


async def told(database: Database) -> list[str]:
    """What the desk is to read, oldest first."""
    async with database.connect() as connection:
        rows = await connection.execute(
            select(delivery.c.payload).where(delivery.c.chat_id == "77").order_by(delivery.c.id)
        )
        return [message_from_json(row.payload).text for row in rows]


async def test_a_trouble_is_told_once_and_its_end_once(
    database: Database, clock: ManualClock, troubles: Troubles, watch: Watch
) -> None:
    troubles.report("mailbox", "SMTPAuthenticationError")
    for _ in range(3):
        await watch.look()
        clock.advance(20)
    (warning,) = await told(database)
    assert "mail server refuses" in warning
    assert "SMTP" not in warning
    troubles.settle("mailbox")
    for _ in range(3):
        await watch.look()
        clock.advance(20)
    assert len(await told(database)) == 2
    assert (await told(database))[1].startswith("✅ Mail works again (since 2026-04-22 10:00")
    troubles.report("mailbox")
    await watch.look()
    assert len(await told(database)) == 3


async def test_two_processes_tell_it_once(
    database: Database, clock: ManualClock, troubles: Troubles, watch: Watch
) -> None:
    other_troubles = Troubles()
    other = make(database, clock, other_troubles, owner="two", sees_all=False)
    for each in (troubles, other_troubles):
        each.report("token:discord")
    await watch.look()
    await other.look()
    assert len(await told(database)) == 1
    troubles.settle("token:discord")
    await watch.look()
    assert len(await told(database)) == 1, "the other one still sees it"
    other_troubles.settle("token:discord")
    await other.look()
    assert "Discord lets the assistant in again" in (await told(database))[1]


async def test_what_a_process_saw_that_ended_is_over_after_a_while(
    database: Database, clock: ManualClock, troubles: Troubles, watch: Watch
) -> None:
    gone = Troubles()
    gone.report("token:telegram")
    await make(database, clock, gone, owner="gone").look()
    await watch.look()
    assert len(await told(database)) == 1
    clock.advance(STALE.total_seconds() + 1)
    await watch.look()
    assert len(await told(database)) == 2


async def waiting(database: Database, clock: ManualClock, lane: Lane) -> None:
    async with database.begin() as store:
        await store.outbox.add(
            f"x:{lane}", ASKER, Message(text="x"), lane=lane, on_unknown="hold", now=clock.now()
        )


async def test_messages_that_do_not_leave_are_noticed(
    database: Database, clock: ManualClock, watch: Watch
) -> None:
    await waiting(database, clock, Lane.RELAY)
    await watch.look()
    assert await told(database) == []
    clock.advance(11 * 60)
    await watch.look()
    assert "Messages to Telegram have been waiting" in (await told(database))[0]
    async with database.connect() as connection:
        await connection.execute(delivery.delete().where(delivery.c.chat_id == "42"))
    await watch.look()
    assert "Messages to Telegram leave again" in (await told(database))[-1]


async def test_a_long_announcement_that_moves_is_no_trouble(
    database: Database, clock: ManualClock, watch: Watch
) -> None:
    await waiting(database, clock, Lane.ANNOUNCEMENT)
    clock.advance(11 * 60)
    async with database.connect() as connection:
        await connection.execute(
            delivery.insert().values(
                source="y", platform="telegram", chat_id="43", lane=3, on_unknown="hold",
                state="sent", due_at=clock.now(), updated_at=clock.now(),
            )
        )  # fmt: skip
    await watch.look()
    assert await told(database) == []
    clock.advance(11 * 60)
    await watch.look()
    assert len(await told(database)) == 1


async def test_a_full_disk_is_noticed(
    database: Database, clock: ManualClock, troubles: Troubles, tmp_path: Path
) -> None:
    huge = AlertSettings(disk_free_mb=10**9)
    await make(database, clock, troubles, settings=huge, folders=[tmp_path]).look()
    assert "disk is nearly full" in (await told(database))[0]


def test_only_known_kinds_can_be_reported(troubles: Troubles) -> None:
    with pytest.raises(ValueError, match="no known kind"):
        troubles.report("ana@example.org")


async def test_status_is_the_secretariats(stage: Stage, clock: ManualClock) -> None:
    await stage.persona("Ben").says("/status")
    sofia = stage.persona("Sofia", role=Role.SECRETARIAT)
    await sofia.says("/status")
    sofia.sees("How I am doing", "0 open questions", "Nothing waits and nothing needs you")
    async with stage.database.begin() as store:
        await store.outbox.add(
            "q:1", ASKER, Message(text="secret words"), lane=Lane.RELAY, on_unknown="hold",
            now=clock.now(),
        )  # fmt: skip
        await store.alerts.begin("token:discord", "one", clock.now())
    clock.advance(180)
    await sofia.says("/status")
    sofia.sees("Telegram, questions and answers: 1 waiting, the oldest for 3 min.")
    sofia.sees("Needs a person since 2026-04-22 10:00 UTC: Discord does not let the assistant in.")
    sofia.sees_not("secret")
    sofia.sees_not("token:")
    ben = stage.persona("Ben")
    await ben.says("/status")
    ben.sees("This is for the network's secretariat")


async def test_status_names_things_in_the_readers_language(
    stage: Stage, clock: ManualClock
) -> None:
    french = translator("fr")
    sofia = stage.persona("Sofia", role=Role.SECRETARIAT, locale="fr")
    mailbox = ConversationRef(platform="email", chat_id="ana@example.org", is_private=False)
    async with stage.database.begin() as store:
        await store.outbox.add(
            "q:1", mailbox, Message(text="secret words"), lane=Lane.RELAY, on_unknown="hold",
            now=clock.now(),
        )  # fmt: skip
        await store.alerts.begin("mailbox", "one", clock.now())
    await sofia.says("/status")
    sofia.sees(f"{french('E-mail')}, ")
    sofia.sees(plain(alert_text("mailbox", french)).removeprefix("⚠️ "))
    sofia.sees_not("email,")
