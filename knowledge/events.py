"""The events that come along: ``events.toml``, checked and with the addresses of its sources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from knowledge.model import LANGUAGES

FILE: Final = Path(__file__).parent / "events.toml"
SOURCES: Final = Path(__file__).parent / "sources.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedText:
    """An event in one language; ``audience`` says whom it is for."""

    title: str
    text: str
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedEvent:
    """``start`` and ``end`` are naive wall times in ``zone``; ``link`` and ``recordings`` are
    addresses, where there are any."""

    uid: str
    start: datetime
    end: datetime
    is_all_day: bool
    zone: str
    rule: str | None
    place: str
    organiser: str
    topics: tuple[str, ...]
    texts: Mapping[str, SeedText]
    link: str | None
    recordings: str | None


def load_events(file: Path = FILE, sources: Path = SOURCES) -> tuple[SeedEvent, ...]:
    """All of them; raises ``ValueError`` on a fault, for the file is part of the program."""
    known = {each["id"]: each["url"] for each in _read(sources)["source"]}
    return tuple(_event(each, known) for each in _read(file)["event"])


def _read(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _event(data: Mapping[str, Any], sources: Mapping[str, str]) -> SeedEvent:
    name = data.get("uid", "an event without uid")
    try:
        start, end, is_all_day = _times(data["start"], data.get("end"))
        texts = {
            language: SeedText(
                title=data[language]["title"],
                text=data[language]["text"].strip(),
                audience=data[language]["audience"],
            )
            for language in LANGUAGES
        }
        page, recordings = data.get("page"), data.get("recordings")
        if not all(each in sources for each in data["sources"]):
            raise KeyError("sources")
        return SeedEvent(
            uid=data["uid"],
            start=start,
            end=end,
            is_all_day=is_all_day,
            zone=data["zone"],
            rule=data.get("rule"),
            place=data.get("place", ""),
            organiser=data["organiser"],
            topics=tuple(data["topics"]),
            texts=texts,
            link=sources[page] if page else None,
            recordings=sources[recordings] if recordings else None,
        )
    except KeyError as error:
        raise ValueError(f"events.toml: {name}: {error} is missing or not known") from error


def _times(start: date | datetime, end: date | datetime | None) -> tuple[datetime, datetime, bool]:
    """A plain date means the whole day."""
    if isinstance(start, datetime):
        return start, end if isinstance(end, datetime) else start, False
    midnight = datetime(start.year, start.month, start.day)  # noqa: DTZ001  # a wall time
    return midnight, midnight + timedelta(days=1), True
