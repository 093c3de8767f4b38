"""The scheduler only ticks; zones that change their rules; the wall clock that is set."""

from __future__ import annotations

import asyncio
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from apscheduler.jobstores.memory import MemoryJobStore

from bot.calendar.wall import read_zones_anew, tzdata_version
from bot.chat.events import ConversationRef
from bot.clock import SystemClock
from bot.clockwork.ahead import WritingAhead
from bot.clockwork.clockwork import Clockwork
from bot.clockwork.scheduler import Job, Scheduler
from bot.store.digests import Digest
from tests.clockwork.world import START, World
from tests.waiting import until

DAY = timedelta(days=1)


class SettableClock(SystemClock):
    """Real time, until somebody sets the clock on the wall."""

    offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset


def test_nothing_is_kept_in_the_scheduler() -> None:
    async def nothing() -> None: ...

    made = Scheduler([Job(name="x", run=nothing, every=1.0)], clock=SystemClock()).scheduler
    assert all(isinstance(store, MemoryJobStore) for store in made._jobstores.values())
    assert made._job_defaults == {
        "coalesce": True,
        "max_instances": 1,
        "misfire_grace_time": None,
    }


async def test_jobs_tick_fail_and_go_on() -> None:
    stop = asyncio.Event()
    calls: list[str] = []
    enough = asyncio.Event()

    async def works() -> None:
        calls.append("works")
        if calls.count("works") >= 3 and calls.count("fails") >= 3:
            enough.set()

    async def fails() -> None:
        calls.append("fails")
        raise RuntimeError("by mistake")

    jobs = [Job(name="fails", run=fails, every=0.01), Job(name="works", run=works, every=0.01)]
    running = asyncio.create_task(Scheduler(jobs, clock=SystemClock()).run(stop))
    async with asyncio.timeout(20):
        await enough.wait()
    stop.set()
    await running


async def test_a_wall_clock_that_is_set_wakes_all_jobs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.clockwork.scheduler.WATCH", 0.01)
    clock = SettableClock()
    stop, called = asyncio.Event(), asyncio.Event()

    async def hourly() -> None:
        called.set()

    running = asyncio.create_task(
        Scheduler([Job(name="hourly", run=hourly, every=3600.0)], clock=clock).run(stop)
    )
    async with asyncio.timeout(20):
        await called.wait()
        called.clear()
        clock.offset = timedelta(hours=-5)
        await called.wait()
    stop.set()
    await running


async def test_the_clock_as_a_whole_reminds_at_the_moment(world: World) -> None:
    """In real time, on whatever machine: the reminder is due in a second from now."""
    clock = SystemClock()
    world.clock = clock  # type: ignore[assignment]  # real time for once
    now = clock.now()
    told = await world.event(now + timedelta(hours=1, seconds=2), leads=(60,))
    await world.save(
        told,
        start_wall=told.start_wall.replace(microsecond=0),
        end_wall=told.end_wall.replace(microsecond=0),
    )
    await world.comes("ana", told)
    stop = asyncio.Event()
    clockwork = Clockwork(
        clock=clock,
        ahead=WritingAhead(database=world.database, clock=clock),
        planning=world.planning(),
        reminding=world.reminding(),
        telling=world.telling(),
    )
    running = asyncio.create_task(clockwork.run(stop))
    await until(lambda: bool(world.pokes), "the poke")
    stop.set()
    await running
    (row,) = [each for each in await world.rows() if each.kind == "before"]
    assert row.state == "queued"
    assert clock.now() >= row.due_at


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[Path]:
    """A folder of time zone rules of which a test can change one."""
    before = zoneinfo.TZPATH
    yield tmp_path / "zones"
    zoneinfo.reset_tzpath(before)
    read_zones_anew()


def pretend(folder: Path, name: str, like: str, version: str) -> None:
    """A new edition, in which ``name`` keeps the time of ``like``."""
    data = files("tzdata").joinpath("zoneinfo", *like.split("/")).read_bytes()
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    (folder / "tzdata.zi").write_text(f"# version {version}\n", encoding="ascii")
    zoneinfo.reset_tzpath([str(folder), *zoneinfo.TZPATH])


async def test_a_zone_that_changes_its_rules(world: World, other_rules: Path) -> None:
    start = datetime(2026, 6, 20, 8, 0, tzinfo=UTC)
    told = await world.event(start, rule="FREQ=WEEKLY", zone="Africa/Nairobi")
    await world.comes("ana", told)
    async with world.database.begin() as store:
        wanted = Digest(
            where=ConversationRef(platform="telegram", chat_id="ben"),
            language="en",
            zone="Africa/Nairobi",
        )
        before = await store.digests.subscribe(wanted, world.clock.now())
    await world.tick()
    assert (await world.rows())[0].due_at == start - 7 * DAY
    # Kenya gives up its time for Cape Verde's, four hours behind.
    pretend(other_rules, "Africa/Nairobi", "Atlantic/Cape_Verde", "2099z")
    ahead = WritingAhead(database=world.database, clock=world.clock)
    await ahead.write()
    assert (await world.occurrence(told)).starts_at == start, "the old rules are still in use"
    assert await ahead.check_zones() == 1
    assert tzdata_version() == "2099z"
    assert await ahead.write() == 1
    assert await ahead.write() == 0
    await world.planning().plan()
    moved = await world.occurrence(told)
    assert moved.starts_at == start + timedelta(hours=4)
    assert f"{moved.start_wall:%H:%M}" == "11:00"
    assert (await world.rows())[0].due_at == start + timedelta(hours=4) - 7 * DAY
    async with world.database.begin() as store:
        after = await store.digests.get(before.where)
    assert after is not None
    assert before.next_at is not None
    assert after.next_at == before.next_at + timedelta(hours=4)


async def test_a_series_is_written_ahead_for_ever(world: World) -> None:
    told = await world.event(START + timedelta(hours=1), rule="FREQ=DAILY")
    yearly = await world.event(START - timedelta(days=2), rule="FREQ=YEARLY")
    ahead = WritingAhead(database=world.database, clock=world.clock)
    for _ in range(30):
        await ahead.write()
        world.clock.advance((10 * DAY).total_seconds())
    await ahead.write()
    async with world.database.begin() as store:
        days = await store.occurrences.of_event(told.id, limit=1000)
        years = await store.occurrences.of_event(yearly.id)
    starts = [each.occurrence.starts_at for each in days]
    assert len(starts) == len(set(starts))
    assert len(starts) in range(361, 372)
    # Clocks change in October; the wall time does not.
    assert {f"{each.occurrence.start_wall:%H:%M}" for each in days} == {"15:00"}
    assert {each.occurrence.start_wall.year for each in years} == {2026, 2027}
