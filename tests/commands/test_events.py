"""insop events: import, list, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import icalendar
import pytest

from bot.cli import main

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Soil events
BEGIN:VEVENT
UID:1@example.org
SUMMARY:Weekly call
DTSTART;TZID=Europe/Rome:20990105T100000
DTEND;TZID=Europe/Rome:20990105T110000
RRULE:FREQ=WEEKLY;COUNT=5
END:VEVENT
BEGIN:VEVENT
UID:2@example.org
SUMMARY:Without a zone
DTSTART:20990108T100000
DURATION:PT1H
END:VEVENT
{more}END:VCALENDAR
"""
BROKEN = "BEGIN:VEVENT\nUID:3\nSUMMARY:Broken\nDTSTART:20990108T100000\nRRULE:FREQ=X\nEND:VEVENT\n"

Command = Callable[..., int]


@pytest.fixture
def insop(tmp_path: Path) -> Command:
    """Runs ``insop events`` with settings of its own."""
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "sqlite:///{tmp_path / "insop.db"}"\n', encoding="utf-8")
    return lambda *words: main(["--config", str(config), "events", *map(str, words)])


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """Two events, one of them a series."""
    file = tmp_path / "calendar.ics"
    file.write_text(CALENDAR.format(more=""), encoding="utf-8")
    return file


def test_import_list_and_export(
    insop: Command, calendar: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert insop("import", calendar) == 0
    said = capsys.readouterr().out
    assert "Soil events: 2 events can be read." in said
    assert "1 of them name no time zone; they are taken as times of Europe/Rome." in said
    assert "2 new, 0 changed, 0 as before." in said
    assert insop("import", calendar) == 0
    assert "0 new, 0 changed, 2 as before." in capsys.readouterr().out
    assert insop("list") == 0
    assert "2099-01-05 10:00  Weekly call  (0 going, 0 maybe)" in capsys.readouterr().out
    assert insop("list", "--json") == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["starts_at"], first["zone"]) == ("2099-01-05T09:00:00+00:00", "Europe/Rome")
    out = tmp_path / "out.ics"
    assert insop("export", out) == 0
    assert "2 entries written" in capsys.readouterr().out
    written = icalendar.Calendar.from_ical(out.read_bytes())
    assert [str(each["UID"]) for each in written.walk("VEVENT")] == [
        *("1@example.org", "2@example.org")
    ]
    assert insop("export", "--id", "2", out) == 0
    assert out.read_bytes().count(b"BEGIN:VEVENT") == 1
    assert insop("export", "--id", "77", out) == 1
    assert "There is no published event 77." in capsys.readouterr().err


def test_a_broken_event_is_named(
    insop: Command, calendar: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calendar.write_text(CALENDAR.format(more=BROKEN), encoding="utf-8")
    assert insop("import", calendar, "--dry-run") == 1
    said = capsys.readouterr().out
    assert "Left out: Broken: its RRULE cannot be read." in said
    assert "Nothing was changed" in said
    assert insop("list") == 0
    assert capsys.readouterr().out == "There are no events.\n"
    assert insop("import", calendar) == 1
    assert "2 new" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("none.ics", "cannot be read"),
        ("http://127.0.0.1:9/x.ics", "private network"),
        ("ftp://example.org/x.ics", "not a web address"),
    ],
)
def test_what_cannot_be_had_is_one_line(
    insop: Command, source: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert insop("import", source) == 1
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_a_file_that_is_no_calendar(
    insop: Command, calendar: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calendar.write_text("Dear all, the meeting is on Monday.", encoding="utf-8")
    assert insop("import", calendar) == 1
    assert "This is not a calendar" in capsys.readouterr().err
