"""What was missed, fetched over Discord's own paths."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from bot.chat.catching_up import Place
from bot.chat.events import ConversationRef, MessageReceived, private_chat_with
from tests.discord.absences import Memory
from tests.discord.doubles import HandClock
from tests.discord.wire.conftest import ANA, Line
from tests.discord.wire.payloads import message
from tests.discord.wire.server import Fault
from tests.waiting import until

HISTORY = r"/channels/\d+/messages$"
CHAT = Place(where=private_chat_with("discord", str(ANA)))
THREAD = Place(
    where=ConversationRef(platform="discord", chat_id="78", is_private=False), question=1
)


class Backlog(Memory):
    """Away for an hour; remembers which places are gone."""

    def __init__(self) -> None:
        super().__init__(datetime.now(UTC) - timedelta(hours=1))
        self.left = self.until
        self.lost_places: list[Place] = []

    async def gone(self, place: Place) -> None:
        self.lost_places.append(place)


@pytest.fixture
def backlog() -> Backlog:
    return Backlog()


@pytest.fixture
async def line(make_line: Callable[..., Line], backlog: Backlog) -> AsyncIterator[Line]:
    made = make_line(backlog=backlog)
    try:
        yield made
    finally:
        await made.finish()


def show(line: Line, *words: str) -> None:
    """What Ana said meanwhile, as the next page of her chat."""
    ana = line.ana
    said = [message(ana.channel_id, ana.user, {"content": each}, []) for each in words]
    page = cast(Any, said[::-1])
    line.server.faults.append(Fault(method="GET", path=HISTORY, status=200, body=page))


def texts(line: Line) -> list[str]:
    return [each.text for each in line.core.events if isinstance(each, MessageReceived)]


async def test_what_was_missed_comes_in_order_and_before_what_comes_live(
    line: Line, backlog: Backlog
) -> None:
    backlog.here = [CHAT]
    show(line, "Alfa", "Bravo")
    await line.start()
    await line.ana.says("Charlie")
    await until(lambda: len(texts(line)) == 3, "all words")
    assert texts(line) == ["Alfa", "Bravo", "Charlie"]
    assert len(line.server.made("GET", HISTORY)) == 1
    await until(lambda: backlog.until != backlog.left, "all to be heard")


async def test_too_fast_is_waited_for_and_tried_again(
    line: Line, backlog: Backlog, clock: HandClock
) -> None:
    backlog.here = [CHAT]
    told = {"message": "You are being rate limited.", "retry_after": 7.0, "global": False}
    line.server.faults.append(Fault(method="GET", path=HISTORY, status=429, body=told))
    show(line, "Alfa")
    await line.start()
    await until(lambda: line.server.made("GET", HISTORY) != [], "the first try")
    assert backlog.notes == 0

    async def is_heard() -> bool:
        await clock.move(1.0)
        return texts(line) == ["Alfa"]

    await until(is_heard, "what was missed")
    await until(lambda: backlog.notes > 0, "all to be heard")


async def test_a_thread_that_is_gone_is_told_and_keeps_nothing_up(
    line: Line, backlog: Backlog
) -> None:
    backlog.here = [THREAD, CHAT]
    unknown = {"code": 10003, "message": "Unknown Channel"}
    line.server.faults.append(Fault(method="GET", path="/channels/78$", status=404, body=unknown))
    show(line, "Alfa")
    await line.start()
    await until(lambda: texts(line) == ["Alfa"], "what was missed")
    await until(lambda: backlog.notes > 0, "all to be heard")
    assert backlog.lost_places == [THREAD]


async def test_a_thread_that_may_not_be_seen_is_told(line: Line, backlog: Backlog) -> None:
    backlog.here = [THREAD]
    refused = {"code": 50001, "message": "Missing Access"}
    line.server.faults.append(Fault(method="GET", path="/channels/78$", status=403, body=refused))
    await line.start()
    await until(lambda: backlog.notes > 0, "all to be heard")
    assert backlog.refusals == [True]
