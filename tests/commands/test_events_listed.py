"""``insop events list`` and ``export``: past events, calendars of others, and standard output."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.store import Database, Store
from bot.store.event_feeds import EventFeeds
from bot.store.migrating import upgrade
from tests.commands.test_events import CALENDAR

Output = pytest.CaptureFixture[str]
Command = Callable[..., int]
NOW = datetime(2026, 4, 22, 10, tzinfo=UTC)


@pytest.fixture
def insop(here: Path) -> Command:
    """Runs ``insop events`` on a database in the current folder."""
    (here / "config.toml").write_text('[database]\nurl = "sqlite:///insop.db"\n', encoding="utf-8")
    return lambda *words: main(["events", *words])


def change(work: Callable[[Store], Awaitable[object]]) -> None:
    """Do something in the database, as the assistant would."""

    async def do() -> None:
        async with Database("sqlite:///insop.db") as database:
            await upgrade(database)
            async with database.begin() as store:
                await work(store)

    asyncio.run(do())


def imported(insop: Command, here: Path, text: str) -> None:
    (here / "calendar.ics").write_text(text, encoding="utf-8")
    assert insop("import", "calendar.ics") == 0


def test_what_is_over_is_listed_apart_the_latest_first(
    insop: Command, here: Path, capsys: Output
) -> None:
    assert insop("list", "--past") == 0
    assert capsys.readouterr().out == "There were no events.\n"
    days = [datetime.now(UTC) - timedelta(days=count) for count in (9, 6)]
    past = "".join(
        f"BEGIN:VEVENT\nUID:{day:%d}\nSUMMARY:Call of {day:%d.%m.}\nDTSTART:{day:%Y%m%d}T100000Z\n"
        f"DTEND:{day:%Y%m%d}T110000Z\nEND:VEVENT\n"
        for day in days
    )
    imported(insop, here, CALENDAR.format(more=past))
    capsys.readouterr()
    assert insop("list", "--past") == 0
    latest, earlier = capsys.readouterr().out.splitlines()
    assert f"  Call of {days[1]:%d.%m.}  (0 going, 0 maybe)" in latest
    assert f"Call of {days[0]:%d.%m.}" in earlier
    assert insop("list", "--past", "--limit", "1", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["title"] == f"Call of {days[1]:%d.%m.}"
    assert insop("list") == 0
    assert "Call of" not in capsys.readouterr().out


def test_an_event_of_a_day_has_no_hour(insop: Command, here: Path, capsys: Output) -> None:
    day = "BEGIN:VEVENT\nUID:9\nSUMMARY:World Soil Day\nDTSTART;VALUE=DATE:20991205\nEND:VEVENT\n"
    imported(insop, here, CALENDAR.format(more=day))
    capsys.readouterr()
    assert insop("list") == 0
    assert "  2099-12-05        World Soil Day  (0 going, 0 maybe)" in capsys.readouterr().out


def test_calendars_of_others_are_listed_with_their_trouble(insop: Command, capsys: Output) -> None:
    assert insop("list", "--feeds") == 0
    assert capsys.readouterr().out == "No calendar of others is read.\n"

    async def feeds(store: Store) -> None:
        kept = EventFeeds(store.connection)
        await kept.keep("https://good.example/x.ics", NOW, is_read_again=True)
        bad = await kept.keep("https://bad.example/x.ics", NOW, is_read_again=True)
        await kept.was_read(bad.id, etag=None, digest=None, next_at=NOW, now=NOW)
        await kept.failed(bad, "It answers 500.", NOW)

    change(feeds)
    assert insop("list", "--feeds") == 0
    good, bad = capsys.readouterr().out.splitlines()
    assert "https://good.example/x.ics  (not read yet)" in good
    assert "(read 2026-04-22 10:00 UTC; failed once: It answers 500.)" in bad


def test_a_calendar_file_goes_to_standard_output_for_a_dash(
    insop: Command, here: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    imported(insop, here, CALENDAR.format(more=""))
    capfdbinary.readouterr()
    assert insop("export", "-") == 0
    out = capfdbinary.readouterr().out
    assert out.startswith(b"BEGIN:VCALENDAR\r\n")
    assert out.count(b"BEGIN:VEVENT") == 2


def test_a_place_that_cannot_be_written_to_is_said(
    insop: Command, here: Path, capsys: Output
) -> None:
    imported(insop, here, CALENDAR.format(more=""))
    capsys.readouterr()
    assert insop("export", "no/such/folder/x.ics") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "no/such/folder/x.ics" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("words", [("list",), ("export", "x.ics")])
def test_tables_of_a_newer_release_are_one_sentence(
    insop: Command, capsys: Output, words: tuple[str, ...]
) -> None:
    async def age(store: Store) -> None:
        await store.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    change(age)
    assert insop(*words) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "9999" in told.err
    assert told.err.count("\n") == 1
