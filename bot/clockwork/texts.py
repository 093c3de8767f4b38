"""What the clock needs from the rest: texts for people, and the defaults of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol

from bot.calendar.leads import DEFAULT_LEADS, QuietHours
from bot.chat.messages import Message
from bot.store.calendar_choices import Choices
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.translating import supported
from knowledge.zones import guess_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a text is written. ``zone`` is an IANA name; ``answer`` is empty for a chat."""

    language: str
    zone: str
    is_private: bool = True
    is_zone_known: bool = True
    is_member: bool = False
    answer: str = ""
    is_waiting: bool = False


class CalendarTexts(Protocol):
    """Writes the messages of the clock; the composition root gives one made by the handlers."""

    def before(
        self, meeting: Meeting, *, lead: int, is_late: bool, now: datetime, reader: Reader
    ) -> Message:
        """A reminder ``lead`` minutes before the start, 0 at it; late with a word of excuse."""
        ...

    def thanks(self, meeting: Meeting, *, reader: Reader) -> Message:
        """After the event, with its one question."""
        ...

    def recording(self, meeting: Meeting, *, files: Sequence[EventFile], reader: Reader) -> Message:
        """There is a recording."""
        ...

    def moved_up(self, meeting: Meeting, *, reader: Reader) -> Message:
        """A place came free for somebody on the waiting list."""
        ...

    def digest(
        self, coming: Sequence[Meeting], recorded: Sequence[Meeting], *, reader: Reader
    ) -> Message:
        """This week in the network: what comes, and of what there is a recording since."""
        ...

    def skipped(self, meeting: Meeting, *, count: int, reader: Reader) -> Message:
        """For the secretariat: so many reminders came too late and were not sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where nobody chose otherwise. ``quiet`` may be None."""

    language: str = "en"
    zone: str = "Europe/Rome"
    leads: tuple[int, ...] = DEFAULT_LEADS
    quiet: QuietHours | None = None
    thanks_after: timedelta = timedelta(minutes=30)

    def leads_of(self, choices: Choices, of_event: tuple[int, ...] | None) -> tuple[int, ...]:
        """The recipient's choice, else the event's, else the settings'."""
        if choices.leads is not None:
            return choices.leads
        return self.leads if of_event is None else of_event

    def quiet_of(self, choices: Choices) -> QuietHours | None:
        """The recipient's quiet hours."""
        return self.quiet if choices.quiet is None else QuietHours.parse(choices.quiet)

    def zone_of(self, chosen: str | None, country: str | None, now: datetime) -> tuple[str, bool]:
        """The zone, and whether it is known: as chosen, as the country's, or the settings'."""
        if chosen is not None:
            return chosen, True
        guessed = _guessed(country, now.year) if country else None
        return (self.zone, False) if guessed is None else (guessed, True)

    def language_of(self, chosen: str | None, locale: str | None) -> str:
        """The language to write in."""
        return chosen or supported(locale) or self.language


@lru_cache(maxsize=512)
def _guessed(country: str, year: int) -> str | None:
    from datetime import UTC

    return guess_zone(country, datetime(year, 1, 1, tzinfo=UTC))
