"""Conditions on a private chat that follow from the person whose chat it is.

A private chat bears its account's number on the platforms where the assistant writes to people
by itself, so ``account`` joins it to the person.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, FromClause, and_, exists, func, literal, or_, tuple_

from bot.store.schema import account, chat, person
from bot.store.schema_events import attendance, occurrence
from bot.store.schema_members import membership

Conditions = Callable[[FromClause], Sequence[ColumnElement[bool]]]
"""What an announcement asks of ``chat`` or an alias of it."""


def is_member_with(
    countries: Sequence[str], stakeholders: Sequence[str], interests: Sequence[str]
) -> ColumnElement[bool]:
    """The chat of a member who told one of each; an empty list asks for nothing."""
    told = [membership.c.state == "member"]
    if countries:
        told.append(membership.c.country.in_(countries))
    if stakeholders:
        told.append(membership.c.stakeholder.in_(stakeholders))
    if interests:
        kept = literal(",") + membership.c.interests + literal(",")
        told.append(or_(*(kept.contains(f",{code},", autoescape=True) for code in interests)))
    return exists().where(
        account.c.platform == chat.c.platform,
        account.c.account_id == chat.c.chat_id,
        membership.c.person_id == account.c.person_id,
        chat.c.kind == "private",
        *told,
    )


def attends(event: int) -> ColumnElement[bool]:
    """The chat of somebody who comes, or may come, to any time of the event."""
    return exists().where(
        account.c.platform == chat.c.platform,
        account.c.account_id == chat.c.chat_id,
        attendance.c.person_id == account.c.person_id,
        attendance.c.answer.in_(("going", "maybe")),
        occurrence.c.id == attendance.c.occurrence_id,
        occurrence.c.event_id == event,
        occurrence.c.state == "planned",
        chat.c.kind == "private",
    )


def is_only_copy(conditions: Conditions) -> ColumnElement[bool]:
    """No other private chat of the same person gets it rather.

    Among those that fulfil ``conditions`` it is the person's home, else the first by name.
    """
    mine, theirs = account.alias("mine"), account.alias("theirs")
    other = chat.alias("other")
    is_home = and_(
        func.coalesce(person.c.home_platform, "") == chat.c.platform,
        func.coalesce(person.c.home_chat, "") == chat.c.chat_id,
    )
    is_other_home = and_(
        person.c.home_platform == other.c.platform, person.c.home_chat == other.c.chat_id
    )
    is_before = tuple_(other.c.platform, other.c.chat_id) < tuple_(chat.c.platform, chat.c.chat_id)
    is_preferred = (
        exists()
        .where(
            person.c.id == theirs.c.person_id,
            other.c.platform == theirs.c.platform,
            other.c.chat_id == theirs.c.account_id,
            other.c.kind == "private",
            *conditions(other),
            or_(is_other_home, and_(~is_home, is_before)),
        )
        .correlate(theirs, chat)
    )
    # Most people have one account: their other chats are looked for only where there are any.
    preferred = exists().where(
        mine.c.platform == chat.c.platform,
        mine.c.account_id == chat.c.chat_id,
        theirs.c.person_id == mine.c.person_id,
        or_(theirs.c.platform != chat.c.platform, theirs.c.account_id != chat.c.chat_id),
        is_preferred,
    )
    return or_(chat.c.kind != "private", ~preferred)
