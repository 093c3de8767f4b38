"""Settings of the calendar: quiet hours, and when the weekly overview is sent."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from bot.config_base import Section

WEEKDAYS: Final = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


_QUIET: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")


def _quiet(value: str) -> str:
    if value and not _QUIET.fullmatch(value):
        raise ValueError("write quiet hours like 22:00-07:00")
    return value


class EventSettings(Section):
    """Hours are local: by the clock of whoever is written to, where it is known.

    ``quiet`` is when nobody is reminded who chose nothing else; empty for none. ``feeds`` are
    addresses of calendars that are read again every ``feed_hours``.
    """

    quiet: Annotated[str, AfterValidator(_quiet)] = "22:00-07:00"
    digest_weekday: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "monday"
    digest_hour: int = Field(default=9, ge=0, le=23)
    discord_events: bool = True
    feeds: tuple[str, ...] = ()
    feed_hours: int = Field(default=6, ge=1, le=168)
    allow_private_addresses: bool = False

    @property
    def digest_day(self) -> int:
        """0 is Monday."""
        return WEEKDAYS.index(self.digest_weekday)
