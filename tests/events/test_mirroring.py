"""A platform's own list of events is kept in step, whatever goes wrong in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import describe_event
from bot.chat.boards import BoardEntry, BoardRefused, BoardServer
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, RecipientGone, Unreachable
from bot.chat.events import ConversationRef, Platform
from bot.delivery.mirroring import Mirroring
from bot.store import Database
from bot.translating import supported, translator
from tests.clock import ManualClock
from tests.events.stage import outbox, publish
from tests.stage import Persona

HALL = BoardServer(id="1", name="Soil hall", locale="fr")
DESK = ConversationRef(platform="discord", chat_id="9", is_private=False)


class ListBoard:
    """Lists in memory. ``faults`` are raised one after another by what changes something."""

    platform: Platform = "discord"

    def __init__(self) -> None:
        self.lists: dict[str, dict[str, BoardEntry]] = {"1": {}}
        self.faults: list[DeliveryError] = []
        self.is_lost_after_creating = False
        self.calls = 0

    async def servers(self) -> Sequence[BoardServer]:
        return [replace(HALL, id=number) for number in self.lists]

    async def find(self, server_id: str, entry: BoardEntry) -> str | None:
        for number, each in self.lists[server_id].items():
            if (each.title, each.starts_at) == (entry.title, entry.starts_at):
                return number
        return None

    async def create(self, server_id: str, entry: BoardEntry) -> str:
        self._fail()
        number = str(len(self.lists[server_id]) + 100)
        self.lists[server_id][number] = entry
        if self.is_lost_after_creating:
            self.is_lost_after_creating = False
            raise Ambiguous("no answer")
        return number

    async def change(self, server_id: str, external_id: str, entry: BoardEntry) -> None:
        self._fail()
        if external_id not in self.lists[server_id]:
            raise RecipientGone("gone")
        self.lists[server_id][external_id] = entry

    async def remove(self, server_id: str, external_id: str) -> None:
        self._fail()
        self.lists[server_id].pop(external_id, None)

    def _fail(self) -> None:
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)

    @property
    def entries(self) -> list[BoardEntry]:
        return list(self.lists["1"].values())


@pytest.fixture
def board() -> ListBoard:
    return ListBoard()


@pytest.fixture
def mirroring(database: Database, clock: ManualClock, board: ListBoard) -> Mirroring:
    return Mirroring(
        database=database,
        clock=clock,
        board=board,
        describe=describe_event,
        language_of=lambda locale: supported(locale) or "en",
        desks=[DESK],
        translate=translator("en"),
    )


async def test_what_is_published_stands_there_without_the_link(
    sara: Persona, mirroring: Mirroring, board: ListBoard
) -> None:
    await publish(sara)
    assert await mirroring.step() == 1
    assert await mirroring.step() == 0
    (entry,) = board.entries
    assert entry.title == "Mapping webinar"
    assert entry.text.startswith("How to map polluted soil.")
    assert "meet.example" not in f"{entry.text}{entry.place}"
    assert entry.ends_at - entry.starts_at == timedelta(minutes=90)


async def test_it_follows_changes_and_goes_when_it_is_called_off(
    sara: Persona, mirroring: Mirroring, board: ListBoard
) -> None:
    await publish(sara, end="", place="Rome")
    await mirroring.step()
    await sara.presses("Time and place")
    await sara.says("2026-12-11 10:00")
    await sara.presses("Skip")
    await sara.says("Bonn")
    assert await mirroring.step() == 1
    (entry,) = board.entries
    assert (entry.place, entry.starts_at.isoformat()) == ("Bonn", "2026-12-11T09:00:00+00:00")
    assert entry.ends_at - entry.starts_at == timedelta(hours=1)
    await sara.presses("Cancel the event")
    await sara.presses("Yes, cancel it")
    assert await mirroring.step() == 1
    assert board.entries == []
    assert await mirroring.step() == 0


async def test_drafts_and_far_events_do_not_stand_there(
    sara: Persona, mirroring: Mirroring, board: ListBoard
) -> None:
    from tests.events.stage import write_event

    await publish(sara, start="2027-05-05 10:00")
    await write_event(sara)
    assert await mirroring.step() == 0
    assert board.entries == []


async def test_a_lost_answer_makes_no_second_entry(
    sara: Persona, mirroring: Mirroring, board: ListBoard, clock: ManualClock
) -> None:
    await publish(sara)
    board.is_lost_after_creating = True
    assert await mirroring.step() == 0
    clock.advance(3600)
    assert await mirroring.step() == 1
    assert len(board.entries) == 1
    assert await mirroring.step() == 0


async def test_an_entry_that_somebody_deleted_is_made_again_when_it_changes(
    sara: Persona, mirroring: Mirroring, board: ListBoard
) -> None:
    await publish(sara)
    await mirroring.step()
    board.lists["1"].clear()
    await sara.presses("Title and text")
    await sara.says("A new title")
    await sara.presses("Skip")
    await sara.presses("Skip")
    assert await mirroring.step() == 1
    assert [entry.title for entry in board.entries] == ["A new title"]


async def test_a_missing_right_is_told_once_and_tried_again_later(
    sara: Persona,
    mirroring: Mirroring,
    board: ListBoard,
    clock: ManualClock,
    database: Database,
) -> None:
    await publish(sara)
    board.faults = [BoardRefused("the bot lacks the right") for _ in range(3)]
    for _ in range(3):
        await mirroring.step()
        await mirroring.step()
        clock.advance(13 * 3600)
    ((row, message),) = await outbox(database)
    assert row.chat_id == "9"
    assert "“Soil hall”" in message.text
    assert "the bot lacks the right" in message.text
    assert board.calls == 3
    await mirroring.step()
    assert len(board.entries) == 1


async def test_trouble_with_one_entry_or_the_pace_holds_nothing_else_up(
    sara: Persona, mirroring: Mirroring, board: ListBoard, clock: ManualClock
) -> None:
    await publish(sara, title="First")
    await publish(sara, title="Second", start="2026-12-12 10:00")
    board.faults = [Unreachable("away")]
    assert await mirroring.step() == 1
    assert [entry.title for entry in board.entries] == ["Second"]
    clock.advance(61)
    board.faults = [RateLimited(30.0)]
    assert await mirroring.step() == 0
    assert await mirroring.step() == 0
    clock.advance(31)
    assert await mirroring.step() == 1
    assert len(board.entries) == 2


async def test_what_has_begun_is_left_to_end_there(
    sara: Persona, mirroring: Mirroring, board: ListBoard, clock: ManualClock
) -> None:
    await publish(sara)
    await mirroring.step()
    clock.advance(timedelta(days=17, hours=5, minutes=30).total_seconds())
    assert await mirroring.step() == 0
    assert len(board.entries) == 1
    clock.advance(7200)
    assert await mirroring.step() == 1
    assert await mirroring.step() == 0
    assert len(board.entries) == 1
