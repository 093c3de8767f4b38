"""``/status``: what the secretariat reads of work that waits, hangs or is in doubt."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.chat.turn import Role
from bot.store.schema import delivery, sender_lease
from tests.stage import Persona, Stage


@pytest.fixture
def sofia(stage: Stage) -> Persona:
    """Somebody of the secretariat."""
    return stage.persona("Sofia", role=Role.SECRETARIAT)


async def queue(stage: Stage, *, platform: str, lane: int, state: str, count: int) -> None:
    """Rows of the outbox, written now."""
    now = stage.clock.now()
    rows = [
        {
            "source": f"{platform}:{lane}:{state}:{number}",
            "platform": platform,
            "chat_id": str(number),
            "lane": lane,
            "on_unknown": "hold",
            "state": state,
            "due_at": now,
            "updated_at": now,
        }
        for number in range(count)
    ]
    async with stage.database.connect() as connection:
        await connection.execute(insert(delivery), rows)


async def lease(stage: Stage, token: str, until: datetime) -> None:
    """Somebody sends with a token until then."""
    async with stage.database.connect() as connection:
        values = {"token_id": token, "owner": "one", "epoch": 1, "until": until}
        await connection.execute(insert(sender_lease).values(values))


@pytest.mark.parametrize(
    ("lane", "called"),
    [(0, "replies"), (1, "questions and answers"), (2, "reminders"), (3, "announcements")],
)
async def test_each_lane_is_called_by_what_is_in_it(
    stage: Stage, sofia: Persona, lane: int, called: str
) -> None:
    await queue(stage, platform="discord", lane=lane, state="ready", count=3)
    stage.clock.advance(7 * 60)
    await sofia.says("/status")
    sofia.sees(f"Discord, {called}: 3 waiting, the oldest for 7 min.")
    sofia.sees_not("Nothing waits")


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "Telegram: 1 message of which nobody knows whether it arrived."),
        (5, "Telegram: 5 messages of which nobody knows whether they arrived."),
    ],
)
async def test_messages_in_doubt_are_counted(
    stage: Stage, sofia: Persona, count: int, words: str
) -> None:
    await queue(stage, platform="telegram", lane=3, state="unknown", count=count)
    await sofia.says("/status")
    sofia.sees(words)


async def test_a_platform_to_which_nobody_sends_is_told_once_it_lasts(
    stage: Stage, sofia: Persona
) -> None:
    await lease(stage, "telegram", stage.clock.now() + timedelta(seconds=6))
    await lease(stage, "clock", stage.clock.now() - timedelta(days=1))
    await sofia.says("/status")
    sofia.sees("Nothing waits and nothing needs you.")
    stage.clock.advance(30)
    await sofia.says("/status")
    sofia.sees_not("Nobody sends")
    stage.clock.advance(10)
    await sofia.says("/status")
    sofia.sees("Nobody sends to Telegram at present.")
    sofia.sees_not("clock")
