"""Takes a calendar file apart into its events, so that a broken one harms no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_EVENTS: Final = 20_000
MOST_LINES_OF_EVENT: Final = 5_000


class NotACalendar(ValueError):
    """The file cannot be read at all; the message is one plain sentence."""


@dataclass(slots=True)
class RawCalendar:
    """A file's blocks as text. ``name`` and ``zone`` are what it says of itself as a whole."""

    name: str = ""
    zone: str = ""
    method: str = ""
    zones: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


def take_apart(data: bytes) -> RawCalendar:
    """The blocks of a file; raises ``NotACalendar``."""
    if len(data) > MOST_BYTES:
        raise NotACalendar(
            f"The file is larger than {MOST_BYTES >> 20} MB, which is the most that is read."
        )
    lines = _unfolded(_decoded(data))
    found = RawCalendar()
    if next((line for line in lines if line.strip()), "").strip().upper() != "BEGIN:VCALENDAR":
        raise NotACalendar("This is not a calendar: the file does not begin with BEGIN:VCALENDAR.")
    block: list[str] | None = None
    wanted = ""
    for line in lines:
        name = line.strip().upper()
        if block is None and name in ("BEGIN:VEVENT", "BEGIN:VTIMEZONE"):
            block, wanted = [line], name.removeprefix("BEGIN:")
        elif block is not None:
            block.append(line)
            if name == f"END:{wanted}":
                _keep(found, wanted, block)
                block = None
            elif name == f"BEGIN:{wanted}" or name == "END:VCALENDAR":
                # The end of the last one is missing: it is broken, the next one is not.
                _keep(found, wanted, block[:-1])
                block = [line] if name.startswith("BEGIN") else None
        else:
            _note(found, line)
    if block is not None:
        _keep(found, wanted, block)
    return found


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _unfolded(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += line[1:]
        elif line.strip():
            lines.append(line)
    return lines


def _keep(found: RawCalendar, kind: str, block: list[str]) -> None:
    if kind == "VTIMEZONE":
        found.zones.append("\r\n".join(block))
        return
    if len(found.events) >= MOST_EVENTS:
        raise NotACalendar(
            f"The calendar has more than {MOST_EVENTS} events, which is the most that is read."
        )
    found.events.append("\r\n".join(block[:MOST_LINES_OF_EVENT]))


def _note(found: RawCalendar, line: str) -> None:
    name, _, value = line.partition(":")
    match name.upper().split(";")[0]:
        case "X-WR-CALNAME":
            found.name = value.strip()[:200]
        case "X-WR-TIMEZONE":
            found.zone = value.strip()[:64]
        case "METHOD":
            found.method = value.strip().upper()[:20]


def fields_of(block: str) -> Iterator[tuple[str, str]]:
    """Name and rest of each line of an event itself, not of its alarms."""
    depth = 0
    for line in block.split("\r\n"):
        upper = line.strip().upper()
        if upper.startswith("BEGIN:"):
            depth += 1
        elif upper.startswith("END:"):
            depth -= 1
        elif depth == 1:
            name, _, rest = line.partition(":")
            yield name.split(";")[0].strip().upper(), rest
