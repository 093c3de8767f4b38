"""Announcements at each recipient's own hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.local_hours import due_in, is_quiet_hours
from bot.store.announcements import Announcement, Timing
from bot.store.audience import Audience
from tests.delivery.world import World


def _told(due: str, **timing: str) -> Announcement:
    return Announcement(
        id=1,
        kind="send",
        revises=None,
        state="running",
        audience=Audience(),
        topic=None,
        on_unknown="hold",
        version=1,
        cursor=None,
        is_fanned_out=False,
        due_at=datetime.fromisoformat(due).replace(tzinfo=UTC),
        expires_at=None,
        timing=Timing(**timing),
    )


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Asia/Tokyo", "2026-05-01T00:00"),
        ("Europe/Rome", "2026-05-01T07:00"),
        ("America/Lima", "2026-05-01T14:00"),
        (None, "2026-05-01T09:00"),
        ("Not/AZone", "2026-05-01T09:00"),
    ],
)
def test_nine_in_the_morning_is_nine_everywhere(zone: str | None, due: str) -> None:
    told = _told("2026-04-30T12:00", wall_time="2026-05-01T09:00")
    assert due_in(told, zone).replace(tzinfo=None) == datetime.fromisoformat(due)


def test_the_network_has_a_zone_for_those_whose_own_is_unknown() -> None:
    told = _told("2026-04-30T12:00", wall_time="2026-05-01T09:00", zone="Europe/Rome")
    assert due_in(told, None) == datetime(2026, 5, 1, 7, tzinfo=UTC)


def test_where_the_hour_has_passed_it_is_due_at_once() -> None:
    told = _told("2026-05-01T06:00", wall_time="2026-05-01T09:00")
    assert due_in(told, "Asia/Tokyo") == datetime(2026, 5, 1, 6, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_moves_forward() -> None:
    told = _told("2026-03-28T00:00", wall_time="2026-03-29T02:30")
    assert due_in(told, "Europe/Rome") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_the_clocks_repeat_is_the_first_of_the_two() -> None:
    told = _told("2026-10-24T00:00", wall_time="2026-10-25T02:30")
    assert due_in(told, "Europe/Rome") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "quiet", "expected"),
    [
        ("2026-05-01T20:30", "21:00-07:00", "2026-05-02T05:00"),
        ("2026-05-01T02:00", "21:00-07:00", "2026-05-01T05:00"),
        ("2026-05-01T05:00", "21:00-07:00", "2026-05-01T05:00"),
        ("2026-05-01T18:59", "21:00-07:00", "2026-05-01T18:59"),
        ("2026-05-01T11:00", "12:00-14:00", "2026-05-01T12:00"),
    ],
)
def test_quiet_hours_are_waited_out(due: str, quiet: str, expected: str) -> None:
    told = _told(due, quiet=quiet)
    assert due_in(told, "Europe/Rome").replace(tzinfo=None) == datetime.fromisoformat(expected)


def test_quiet_hours_are_recognised() -> None:
    assert is_quiet_hours("21:00-07:00")
    assert not is_quiet_hours("21:00-21:00")
    assert not is_quiet_hours("late")
    assert not is_quiet_hours("25:00-07:00")


async def test_each_at_the_hour_of_its_zone(world: World) -> None:
    await world.chats(3)
    await world.set_chat("c0002", zone="Asia/Tokyo")
    # It is nine in UTC and six in the evening in Japan.
    await world.announce(timing=Timing(wall_time="2026-04-22T18:01"))
    await world.sender()
    await world.clock.run_for(30)
    assert world.platform.arrivals == []
    await world.clock.run_for(40)
    assert [arrival.chat_id for arrival in world.platform.arrivals] == ["c0002"]
    world.clock.jump(9 * 3600)
    await world.clock.run_for(5)
    assert len(world.platform.arrivals) == 3


async def test_who_is_due_later_has_as_long_to_read_it(world: World) -> None:
    await world.chats(2)
    await world.set_chat("c0001", zone="America/Lima")
    await world.set_chat("c0002", zone="Asia/Tokyo")
    now = world.clock.now()
    await world.announce(
        timing=Timing(wall_time="2026-04-22T18:01"), expires_at=now + timedelta(hours=2)
    )
    lima, tokyo = await world.rows()
    assert tokyo.due_at == now + timedelta(minutes=1)
    assert tokyo.expires_at == now + timedelta(hours=2, minutes=1)
    assert lima.due_at == now + timedelta(hours=14, minutes=1)
    assert lima.expires_at == now + timedelta(hours=16, minutes=1)
