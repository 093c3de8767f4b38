"""Who goes next: lanes, fair turns between batches, chats that must wait."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.delivery.backlog import Backlog, Job
from bot.store.outbox_rows import OutboxRow
from tests.delivery.clock import FakeClock
from tests.delivery.world import private


def job(
    number: int, chat: str, *, lane: Lane = Lane.ANNOUNCEMENT, batch: int = 0, cost: int = 1
) -> Job:
    """A claimed row."""
    row = OutboxRow(
        id=number,
        source=f"s:{number}",
        to=private(chat),
        lane=lane,
        batch=batch,
        kind="send",
        language=None,
        payload=None,
        on_unknown="hold",
        due_at=datetime(2026, 1, 1, tzinfo=UTC),
        expires_at=None,
        lease_until=None,
        attempts=0,
        message_id=None,
    )
    return Job(row=row, message=Message(text="x"), cost=cost)


class Chats:
    """Waits by chat; None for busy."""

    def __init__(self) -> None:
        self.waits: dict[str, float | None] = {}

    def wait_for(self, job: Job) -> float | None:
        return self.waits.get(job.row.to.chat_id, 0.0)


@pytest.fixture
def chats() -> Chats:
    return Chats()


@pytest.fixture
def backlog(clock: FakeClock, chats: Chats) -> Backlog:
    return Backlog(clock=clock, wait_for=chats.wait_for)


def ids(jobs: list[Job]) -> list[int]:
    return [job.row.id for job in jobs]


def test_higher_lanes_first(backlog: Backlog) -> None:
    lanes = (Lane.ANNOUNCEMENT, Lane.REMINDER, Lane.RELAY)
    backlog.add(job(number, f"c{number}", lane=lane) for number, lane in enumerate(lanes))
    assert ids(backlog.take(2)) == [2, 1]
    assert ids(backlog.take(2)) == [0]


def test_batches_take_turns(backlog: Backlog) -> None:
    backlog.add(job(number, f"a{number}", batch=1) for number in range(10))
    backlog.add(job(number, f"b{number}", batch=2) for number in range(10, 20))
    taken = backlog.take(10)
    assert Counter(job.row.batch for job in taken) == {1: 5, 2: 5}


def test_turns_are_fair_by_cost(backlog: Backlog) -> None:
    backlog.add(job(number, f"a{number}", batch=1, cost=3) for number in range(100))
    backlog.add(job(number, f"b{number}", batch=2) for number in range(100, 200))
    taken = backlog.take(40)
    cost: Counter[int] = Counter()
    for each in taken:
        cost[each.row.batch] += each.cost
    assert abs(cost[1] - cost[2]) <= 3


def test_a_halted_lane_leaves_the_others_alone(backlog: Backlog, clock: FakeClock) -> None:
    backlog.add([job(1, "ana"), job(2, "ben", lane=Lane.RELAY)])
    backlog.halt(Lane.ANNOUNCEMENT, 5)
    assert ids(backlog.take(9)) == [2]
    assert backlog.next_look() == 5
    clock.freeze(5)
    assert ids(backlog.take(9)) == [1]


def test_a_chat_that_waits_keeps_its_order(
    backlog: Backlog, chats: Chats, clock: FakeClock
) -> None:
    backlog.add([job(1, "ana"), job(2, "ana"), job(3, "ben")])
    chats.waits["ana"] = 2.0
    assert ids(backlog.take(9)) == [3]
    assert backlog.parked == 2
    chats.waits["ana"] = 0.0
    backlog.add([job(4, "ana")])
    assert backlog.take(9) == []
    clock.freeze(2)
    assert ids(backlog.take(9)) == [1]
    clock.freeze(1)
    assert ids(backlog.take(9)) == [2]
    clock.freeze(1)
    assert ids(backlog.take(9)) == [4]


def test_one_chat_gets_one_at_a_time(backlog: Backlog) -> None:
    backlog.add([job(1, "ana"), job(2, "ana")])
    assert ids(backlog.take(9)) == [1]


def test_what_is_put_back_goes_first(backlog: Backlog, clock: FakeClock) -> None:
    backlog.add([job(1, "ana"), job(2, "ben")])
    (first,) = backlog.take(1)
    backlog.put_back(first, delay=1.0)
    backlog.add([job(3, "ana")])
    assert ids(backlog.take(9)) == [2]
    clock.freeze(1)
    assert ids(backlog.take(9)) == [1]


def test_a_batch_can_be_taken_out(backlog: Backlog, chats: Chats) -> None:
    chats.waits["slow"] = 9.0
    backlog.add([job(1, "slow", batch=1), job(2, "ana", batch=1), job(3, "ben", batch=2)])
    backlog.take(0)
    assert sorted(ids(backlog.drop(1))) == [1, 2]
    assert ids(backlog.take(9)) == [3]
    assert len(backlog) == 0


@given(
    some.lists(
        some.tuples(some.sampled_from("abcdef"), some.integers(0, 2), some.integers(1, 3)),
        max_size=40,
    )
)
def test_nothing_is_lost_and_nothing_doubled(rows: list[tuple[str, int, int]]) -> None:
    clock = FakeClock()
    backlog = Backlog(clock=clock, wait_for=lambda _: 0.0)
    jobs = [
        job(number, chat, batch=batch, cost=cost) for number, (chat, batch, cost) in enumerate(rows)
    ]
    backlog.add(jobs)
    taken: list[Job] = []
    for _ in range(200):
        taken += backlog.take(3)
        clock.freeze(0.1)
    assert sorted(ids(taken)) == list(range(len(rows)))
    for chat in "abcdef":
        for batch in range(3):
            mine = [
                each.row.id
                for each in taken
                if each.row.to.chat_id == chat and each.row.batch == batch
            ]
            assert mine == sorted(mine)
