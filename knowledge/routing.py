"""Which contact a question goes to, and why: rules that can be tried one by one.

Pure: who is away, who has how much to do and what time it is come from outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from knowledge.model import Contact

URGENT_WORK: Final = timedelta(hours=1)
"""Working time until an urgent question is overdue; else ``ORDINARY_WORK``."""
ORDINARY_WORK: Final = timedelta(hours=16)
URGENT_WAIT: Final = timedelta(hours=4)
"""An urgent question is overdue after so long by any clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What is known of a question when it is opened."""

    topic: str | None = None
    language: str = "en"
    country: str | None = None
    group: str | None = None
    is_urgent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """``away`` and ``load`` (open questions) by contact id."""

    now: datetime
    away: frozenset[str] = frozenset()
    load: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule and what it did: ``rule`` is its name, ``detail`` says it in plain words."""

    rule: str
    contact: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """``contact`` is None only where there are no contacts at all; ``others`` come next."""

    contact: Contact | None
    others: tuple[Contact, ...]
    reasons: tuple[Reason, ...]
    due: datetime


def route(matter: Matter, contacts: Sequence[Contact], situation: Situation) -> Choice:
    """Everybody may stay out by a rule; of the rest the best match goes first."""
    reasons: list[Reason] = []
    fitting = [contact for contact in contacts if _fits(contact, matter, reasons)]
    if not fitting:
        fitting = list(contacts)
        if contacts:
            reasons.append(Reason(rule="nobody", contact="", detail="nobody fits: all are asked"))
    present = _stand_in(fitting, contacts, situation, reasons)
    ranked = sorted(
        range(len(present)), key=lambda place: (_rank(present[place], matter, situation), place)
    )
    ordered = [present[place] for place in ranked]
    if ordered:
        reasons.append(_explain(ordered[0], matter, situation))
    chosen = ordered[0] if ordered else None
    return Choice(
        contact=chosen,
        others=tuple(ordered[1:]),
        reasons=tuple(reasons),
        due=due_time(chosen, matter.is_urgent, situation.now),
    )


def due_time(contact: Contact | None, is_urgent: bool, now: datetime) -> datetime:
    """When a question should have been looked at, by its urgency and the contact's hours."""
    work = URGENT_WORK if is_urgent else ORDINARY_WORK
    plain = now + (URGENT_WAIT if is_urgent else timedelta(days=3))
    if contact is None:
        return plain
    worked = contact.hours.after(now, work)
    return min(worked, plain) if is_urgent else worked


def deputy_of(
    contact: Contact, contacts: Sequence[Contact], away: frozenset[str]
) -> Contact | None:
    """The first deputy who is there; a deputy's deputy where all are away."""
    known = {each.id: each for each in contacts}
    seen = {contact.id}
    line = list(contact.deputies)
    while line:
        name = line.pop(0)
        if name in seen or name not in known:
            continue
        seen.add(name)
        if name not in away:
            return known[name]
        line += known[name].deputies
    return None


def _fits(contact: Contact, matter: Matter, reasons: list[Reason]) -> bool:
    rules: list[tuple[str, tuple[str, ...], str | None]] = [
        ("topic", contact.topics, matter.topic),
        ("language", contact.languages, matter.language),
        ("country", contact.countries, matter.country),
        ("working group", contact.groups, matter.group),
    ]
    for rule, taken, asked in rules:
        if taken and asked not in taken:
            detail = f"takes only {', '.join(taken)}, the question has {asked or 'none'}"
            reasons.append(Reason(rule=rule, contact=contact.id, detail=detail))
            return False
    return True


def _stand_in(
    fitting: Sequence[Contact],
    contacts: Sequence[Contact],
    situation: Situation,
    reasons: list[Reason],
) -> list[Contact]:
    """Those who are there, and for each who is away the deputy."""
    present: list[Contact] = []
    for contact in fitting:
        stand_in: Contact | None = contact
        if contact.id in situation.away:
            stand_in = deputy_of(contact, contacts, situation.away)
            detail = f"is away; {stand_in.id} stands in" if stand_in else "is away, without deputy"
            reasons.append(Reason(rule="absence", contact=contact.id, detail=detail))
        if stand_in is not None and stand_in not in present:
            present.append(stand_in)
    if not present and fitting:
        reasons.append(Reason(rule="absence", contact="", detail="everybody is away: all stay"))
        return list(fitting)
    return present


def _rank(
    contact: Contact, matter: Matter, situation: Situation
) -> tuple[bool, bool, bool, int, int]:
    load = situation.load.get(contact.id, 0)
    return (
        matter.is_urgent and not contact.is_for_urgent,
        contact.capacity is not None and load >= contact.capacity,
        matter.is_urgent and not contact.hours.is_open(situation.now),
        -len(_matches(contact, matter)),
        load,
    )


def _matches(contact: Contact, matter: Matter) -> list[str]:
    """The rules that name this question, not only let it pass."""
    return [
        rule
        for rule, taken, asked in (
            ("country", contact.countries, matter.country),
            ("topic", contact.topics, matter.topic),
            ("working group", contact.groups, matter.group),
            ("language", contact.languages, matter.language),
        )
        if asked is not None and asked in taken
    ]


def _explain(contact: Contact, matter: Matter, situation: Situation) -> Reason:
    parts = [f"matches by {', '.join(found)}"] if (found := _matches(contact, matter)) else []
    if matter.is_urgent and contact.is_for_urgent:
        parts.append("takes urgent ones")
    load = situation.load.get(contact.id, 0)
    parts.append(f"{load} open")
    if contact.capacity is not None and load >= contact.capacity:
        parts.append("everybody who fits has as much as they can take")
    if not contact.hours.is_open(situation.now):
        parts.append(f"outside working hours in {contact.hours.zone}")
    return Reason(rule="chosen", contact=contact.id, detail="; ".join(parts))
