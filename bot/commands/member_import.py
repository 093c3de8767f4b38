"""Taking over an existing list of members: every bad row is named, and nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from bot.chat.forms import SEPARATOR, Accepted
from bot.chat.markup import plain
from bot.store import Database
from bot.store.memberships import MemberFilter, Membership
from bot.translating import translator
from handlers import join_fields
from handlers.join_fields import LISTS, ORDER, STAKEHOLDERS
from knowledge.countries import find_country

BATCH: Final = 2000
"""Rows in one transaction."""
HEADINGS: Final[Mapping[str, str]] = {
    "full name": "name",
    "e-mail": "email",
    "mail": "email",
    "e-mail address": "email",
    "email address": "email",
    "group": "stakeholder",
    "stakeholder group": "stakeholder",
    "organization": "organisation",
    "institution": "organisation",
    "joined": "joined_at",
    "date": "joined_at",
    "member since": "joined_at",
}
"""Other headings that lists have, and ours for them."""

_WORDS: Final = re.compile(r"[,;/|]\s*")


@dataclass(slots=True, kw_only=True)
class Plan:
    """What an import would do. ``faults`` are lines for people, without what the cell holds."""

    members: list[Membership] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    known: int = 0
    """Rows whose address is on the list already; they are left alone."""


async def make_plan(
    database: Database, rows: Iterable[tuple[int, dict[str, str]]], now: datetime
) -> Plan:
    """Check every row against the rules of the form, and against the list."""
    seen: set[str] = set()
    async with database.begin() as store:
        async for member in store.memberships.each(MemberFilter()):
            if member.email:
                seen.add(member.email)
    known = frozenset(seen)
    plan = Plan()
    for number, cells in rows:
        values = {HEADINGS.get(key, key): cell.strip() for key, cell in cells.items()}
        member, faults = read_member(values, now)
        email = (member.email or "").lower()
        if email in known:
            plan.known += 1
        elif email in seen:
            faults.append("email: the same address stands above")
        elif not faults:
            plan.members.append(member)
        seen |= {email} - {""}
        plan.faults += [f"row {number}: {fault}" for fault in faults]
    return plan


async def carry_out(database: Database, plan: Plan, now: datetime) -> int:
    """Write the members of a plan; returns how many."""
    for start in range(0, len(plan.members), BATCH):
        batch = plan.members[start : start + BATCH]
        async with database.begin() as store:
            numbers = await store.people.add_all([member.name for member in batch], now)
            numbered = [
                _numbered(member, number) for member, number in zip(batch, numbers, strict=True)
            ]
            await store.memberships.add_all(numbered, now)
    async with database.begin() as store:
        await store.audit.add(
            "import", actor_id=None, via="cli", now=now, detail=f"{len(plan.members)} rows"
        )
    return len(plan.members)


def read_member(values: Mapping[str, str], now: datetime) -> tuple[Membership, list[str]]:
    """One row as a membership, and what is wrong with it."""
    _ = translator("en")
    faults: list[str] = []
    kept: dict[str, str] = {}
    for name in ORDER:
        text = values.get(name, "")
        if not text:
            if name == "name":
                faults.append("name: is missing")
            continue
        found = _country(text) if name == "country" else _read(name, text)
        if found is None:
            check = join_fields.CHECKS.get(name)
            fault = check("", _) if check and name == "email" else None
            reason = plain(fault.fault) if fault and not isinstance(fault, Accepted) else ""
            faults.append(f"{name}: {reason or 'is not understood'}")
        else:
            kept[name] = found
    joined = _moment(values.get("joined_at", ""), now)
    if joined is None:
        faults.append("joined_at: write a date like 2024-05-31")
    lists = {name: tuple(filter(None, kept.get(name, "").split(SEPARATOR))) for name in LISTS}
    member = Membership(
        person_id=0,
        state="member",
        source="import",
        name=kept.get("name", ""),
        email=kept.get("email"),
        country=kept.get("country"),
        stakeholder=kept.get("stakeholder"),
        organisation=kept.get("organisation", ""),
        joined_at=joined or now,
        interests=lists["interests"],
        languages=lists["languages"],
        receives=lists["receives"],
    )
    return member, faults


def _read(name: str, text: str) -> str | None:
    if name in LISTS:
        codes = [_code(LISTS[name], part) for part in _WORDS.split(text) if part.strip()]
        return None if None in codes else SEPARATOR.join(code for code in codes if code)
    if name == "stakeholder":
        return _code(STAKEHOLDERS, text)
    found = join_fields.check(name, text, translator("en"))
    return found.value if isinstance(found, Accepted) else None


def _code(known: Mapping[str, str], text: str) -> str | None:
    """A code by itself or by its English label."""
    wanted = text.strip().casefold().replace("_", " ")
    for code, label in known.items():
        if wanted in (code.replace("_", " "), label.casefold()):
            return code
    return None


@lru_cache(maxsize=4096)
def _country(text: str) -> str | None:
    return find_country(text).code


def _moment(text: str, now: datetime) -> datetime | None:
    if not text:
        return now
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def _numbered(member: Membership, number: int) -> Membership:
    from dataclasses import replace

    return replace(member, person_id=number)


def lines_of(plan: Plan, limit: int) -> Iterator[str]:
    """The faults for people, at most ``limit`` of them, and the sums."""
    yield from plan.faults[:limit]
    if len(plan.faults) > limit:
        yield f"… and {len(plan.faults) - limit} more faults"
    yield (
        f"{len(plan.members)} rows to import, {plan.known} on the list already, "
        f"{len(plan.faults)} faults."
    )
