"""When an event is, in the reader's own time and language.

The words are shown where a platform does not know its reader's clock; where it does, it shows the
moment itself (see ``bot.chat.markup.moment``).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_datetime_format

from bot.chat.markup import Raw, moment
from knowledge.zones import city, offset_name

LOCALES: Final = {"en": "en_GB"}
"""Where the plain language would mean the customs of one country."""


def shown_date(day: date, language: str) -> str:
    """``Friday, 22 April 2022`` in the reader's language."""
    return format_date(day, "full", locale=_locale(language))


def short_date(day: date, language: str) -> str:
    """``22 Apr``, for buttons."""
    return format_skeleton("MMMd", datetime(day.year, day.month, day.day), locale=_locale(language))  # noqa: DTZ001  # a day


def shown_zone(zone: str, at: datetime, language: str) -> str:
    """``Rome, UTC+2``: the place by whose clock a time is told."""
    place, offset = city(zone, language), offset_name(zone, at)
    return offset if zone.startswith("Etc/") or place == offset else f"{place}, {offset}"


def shown_moment(at: datetime, zone: str, language: str) -> Raw:
    """One moment as markup, with the zone in words."""
    name = shown_zone(zone, at, language)
    return moment(at, f"{_day_and_time(at, zone, language)} ({name})")


def shown_span(start: datetime, end: datetime, zone: str, language: str) -> Raw:
    """From when until when, as markup; an end that is the start is left out."""
    if end <= start:
        return shown_moment(start, zone, language)
    name = shown_zone(zone, end, language)
    first = _day_and_time(start, zone, language)
    is_one_day = _local(start, zone).date() == _local(end, zone).date()
    last = _time(end, zone, language) if is_one_day else _day_and_time(end, zone, language)
    begun = moment(start, first)
    ended = moment(end, f"{last} ({name})", is_time_alone=is_one_day)
    return Raw(f"{begun}\u2013{ended}" if is_one_day else f"{begun} \u2013 {ended}")


def local_day(at: datetime, zone: str) -> date:
    """The day that a reader's calendar shows."""
    return _local(at, zone).date()


def _day_and_time(at: datetime, zone: str, language: str) -> str:
    joined = str(get_datetime_format("medium", locale=_locale(language)))
    day, time = shown_date(_local(at, zone), language), _time(at, zone, language)
    return joined.replace("'", "").replace("{1}", day).replace("{0}", time)


def _time(at: datetime, zone: str, language: str) -> str:
    return format_time(_local(at, zone), "short", locale=_locale(language), tzinfo=ZoneInfo(zone))


def _local(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


def _locale(language: str) -> str:
    return LOCALES.get(language, language)
