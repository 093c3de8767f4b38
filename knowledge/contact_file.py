"""Reading ``contacts.toml``: who takes which questions, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from knowledge.model import LANGUAGES, Contact
from knowledge.working_hours import WorkingHours

ADDRESS_LIMIT: Final = 64
"""Characters of a contact's address: as long as the places of all platforms may be."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_KEYS: Final = frozenset(
    {
        *("id", "name", "email", "note", "accounts", "deputies", "capacity", "urgent"),
        *("topics", "languages", "countries", "groups", "zone", "days", "hours", "holidays"),
    }
)


def read_contacts(data: Mapping[str, Any]) -> tuple[tuple[Contact, ...], list[str]]:
    """The contacts, and one sentence for each that is wrong; a wrong one is left out."""
    contacts: list[Contact] = []
    faults: list[str] = []
    for number, entry in enumerate(data.get("contact", ()), 1):
        try:
            contact = _contact(entry)
            if any(contact.id == other.id for other in contacts):
                raise ValueError(f"the id {contact.id!r} is taken")
            contacts.append(contact)
        except (KeyError, TypeError, ValueError) as error:
            faults.append(f"contact {number} is incomplete: {error}")
    known = {contact.id for contact in contacts}
    for contact in contacts:
        missing = [name for name in contact.deputies if name not in known]
        if missing:
            faults.append(f"contact {contact.id}: no contact is called {missing[0]!r}")
    return tuple(contacts), faults


def _contact(entry: Mapping[str, Any]) -> Contact:
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    languages = _names(entry, "languages")
    strange = [name for name in languages if name not in LANGUAGES]
    if strange:
        raise ValueError(f"{strange[0]!r} is not one of {', '.join(LANGUAGES)}")
    capacity = entry.get("capacity")
    if capacity is not None and (type(capacity) is not int or capacity < 1):
        raise ValueError("capacity must be a number of open questions")
    return Contact(
        id=str(entry["id"]),
        name=str(entry["name"]),
        email=_address(str(entry["email"])),
        topics=_names(entry, "topics"),
        languages=languages,
        countries=tuple(name.upper() for name in _names(entry, "countries")),
        note=str(entry.get("note", "")),
        accounts=tuple(_account(name) for name in _names(entry, "accounts")),
        groups=_names(entry, "groups"),
        deputies=_names(entry, "deputies"),
        capacity=capacity,
        is_for_urgent=entry.get("urgent") is True,
        hours=_hours(entry),
    )


def _hours(entry: Mapping[str, Any]) -> WorkingHours:
    plain = WorkingHours()
    zone = str(entry.get("zone", plain.zone))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{zone!r} is not an IANA time zone") from error
    begin, end = plain.begin, plain.end
    if "hours" in entry:
        first, _, second = str(entry["hours"]).partition("-")
        begin, end = time.fromisoformat(first.strip()), time.fromisoformat(second.strip())
        if begin >= end:
            raise ValueError('hours must be written like "09:00-17:00"')
    days = tuple(_DAYS.index(name.lower()[:3]) for name in _names(entry, "days")) or plain.days
    holidays = entry.get("holidays", ())
    if any(type(day) is not date for day in holidays):
        raise ValueError("holidays must be dates, written like 2026-12-25")
    return WorkingHours(zone=zone, days=days, begin=begin, end=end, holidays=tuple(holidays))


def _names(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key, ())
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f'{key} must be a list, written like ["one", "two"]')
    return tuple(str(name) for name in value)


def _address(email: str) -> str:
    email = email.strip()
    local, _, domain = email.rpartition("@")
    if not local or not domain or len(email) > ADDRESS_LIMIT or any(map(str.isspace, email)):
        raise ValueError(f"{email!r} is not an address of at most {ADDRESS_LIMIT} characters")
    return email


def _account(name: str) -> str:
    platform, colon, number = name.partition(":")
    if platform not in ("telegram", "discord", "console") or not colon or not number:
        raise ValueError(f'{name!r} is not an account; write one like "telegram:123456"')
    return name
