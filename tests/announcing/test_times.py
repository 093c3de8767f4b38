"""When an announcement arrives: on each reader's clock, outside quiet hours."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from bot.config import Settings
from bot.config_announcements import AnnouncementSettings
from bot.store import Database
from bot.store.schema_events import calendar_person
from tests.announcing.conftest import FanOutAll, Rows, Subscribe, send, write
from tests.announcing.people import add_member
from tests.clock import ManualClock
from tests.stage import Persona, Stage


async def dues(rows: Rows) -> dict[str, str]:
    """When each chat's row is due."""
    return {
        row.chat_id.removeprefix("telegram-"): f"{row.due_at:%m-%d %H:%M}" for row in await rows()
    }


async def test_each_reader_gets_it_at_the_hour_of_their_own_clock(
    stage: Stage, sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("lima", zone="America/Lima")
    await subscribe("somewhere")
    await add_member(stage, "Awa", country="SN")
    await add_member(stage, "Sam", country="US")
    await write(sara)
    await sara.presses("Each reader's hour")
    await sara.says("soon")
    sara.sees("I do not understand this time")
    await sara.says("2026-04-21 10:00")
    sara.sees("This time has passed")
    await sara.says("2026-04-23 09:00")
    sara.sees("Leaves: 2026-04-23 09:00 on each reader's clock")
    await send(sara)
    await fan_out(1)
    assert await dues(rows) == {
        "lima": "04-23 14:00",
        "somewhere": "04-23 07:00",
        "Awa": "04-23 09:00",
        # The United States have several clocks, so it is the secretariat's.
        "Sam": "04-23 07:00",
    }


async def test_the_zone_that_somebody_chose_counts_before_the_country(
    stage: Stage, sara: Persona, database: Database, fan_out: FanOutAll, rows: Rows
) -> None:
    awa = await add_member(stage, "Awa", country="SN")
    async with database.begin() as store:
        person = await store.people.recognise(awa.author, stage.clock.now())
        await store.connection.execute(
            insert(calendar_person).values(
                person_id=person.id, zone="Asia/Tokyo", updated_at=stage.clock.now()
            )
        )
    await write(sara)
    await sara.presses("Each reader's hour")
    await sara.says("2026-04-23 09:00")
    await send(sara)
    await fan_out(1)
    assert (await dues(rows))["Awa"] == "04-23 00:00"


async def test_nobody_is_woken_unless_it_is_urgent(
    sara: Persona, subscribe: Subscribe, clock: ManualClock, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("lima", zone="America/Lima")
    await subscribe("rome", zone="Europe/Rome")
    await write(sara)
    sara.sees("nobody gets it between 21:00 and 08:00 of their own clock")
    await send(sara)
    await fan_out(1)
    # Noon in Rome is five in the morning in Lima.
    assert await dues(rows) == {"lima": "04-22 13:00", "rome": "04-22 10:00"}
    await write(sara, "The well is poisoned.")
    await sara.presses("At any hour")
    sara.sees_not("nobody gets it between")
    sara.sees("Not in quiet hours")
    await send(sara)
    await fan_out(2)
    assert (await dues(rows))["lima"] == "04-22 10:00"


async def test_a_time_of_the_secretariat_takes_the_readers_clocks_back(
    sara: Persona, subscribe: Subscribe, fan_out: FanOutAll, rows: Rows
) -> None:
    await subscribe("rome", zone="Europe/Rome")
    await write(sara)
    await sara.presses("Each reader's hour")
    await sara.says("2026-04-23 09:00")
    await sara.presses("Set a time")
    await sara.says("2026-04-24 10:00")
    sara.sees("Leaves: 2026-04-24 10:00 (Europe/Rome)")
    await send(sara)
    await fan_out(1)
    assert await dues(rows) == {"rome": "04-24 08:00"}


@pytest.mark.parametrize("hours", ["21-8", "21:00", "08:00-08:00", "always", "25:00-08:00"])
def test_quiet_hours_are_hours(hours: str) -> None:
    with pytest.raises(ValueError, match="write hours like"):
        AnnouncementSettings(quiet_hours=hours)
    assert Settings(announcements=AnnouncementSettings(quiet_hours="")).announcements
