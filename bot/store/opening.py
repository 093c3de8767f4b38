"""What nearly every turn begins with, in one statement: who speaks, and where they stand.

On PostgreSQL the same statement marks the update as handled, which saves a trip to the server. Its
look-ups see the database as it was before it waited for another process with the same update; what
that one did counts only if it was done, and then this turn is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, bindparam, select, true

from bot.chat.events import Author, ConversationRef
from bot.chat.turn import Member
from bot.store.inbox import Taken, marking, taken_of
from bot.store.people import RECOGNISED, is_their_account
from bot.store.schema import account, conversation, draft, person

if TYPE_CHECKING:
    from bot.store.unit import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """``member`` is there where the update is new."""

    taken: Taken
    member: Member | None


async def open_turn(
    store: Store, event_id: str, where: ConversationRef, author: Author, now: datetime
) -> Opened:
    """Mark the update as handled (``Inbox.take``) and know the person (``People.recognise``).

    The draft and the state of the conversation are read as well, and wait in their repositories
    for whoever asks first: for turns in which a text came, which ask at once.
    """
    platform, chat_id, thread_id = where.key
    values = {
        "platform": platform,
        "account": author.id,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "now": now,
    }
    if author.platform != platform:
        taken = await store.inbox.take(platform, event_id, now)
        member = await store.people.recognise(author, now) if taken.is_first else None
        return Opened(taken=taken, member=member)
    if store.connection.dialect.name == "sqlite":
        taken = await store.inbox.take(platform, event_id, now)
        if not taken.is_first:
            return Opened(taken=taken, member=None)
        row = (await store.connection.execute(_looking(), values)).first()
    else:
        values["update_id"] = event_id
        row = (await store.connection.execute(_opening(), values)).one()
        taken = taken_of(row.is_kept)
        if not taken.is_first:
            return Opened(taken=taken, member=None)
    if row is not None and row.id is not None:
        store.drafts.foresee(where, author.id, row if row.form is not None else None)
        store.conversations.foresee(where, author.id, row.state)
    else:
        row = None
    return Opened(taken=taken, member=await store.people.met(row, author, now))


@cache
def _looking() -> Select[Any]:
    """For SQLite: a row where the account is known."""
    known = account.join(person, account.c.person_id == person.c.id)
    return _standing(known).where(is_their_account())


@cache
def _opening() -> Select[Any]:
    """For PostgreSQL: always one row; ``is_kept`` is null where the update was handled before."""
    marked = marking("postgresql", keeps=True).cte("marked")
    here = select(true().label("is_here")).subquery("here")
    known = (
        here.outerjoin(marked, true())
        .outerjoin(account, is_their_account())
        .outerjoin(person, account.c.person_id == person.c.id)
    )
    return _standing(known).add_columns(marked.c.is_kept)


def _standing(known: Any) -> Select[Any]:
    """Who speaks, from ``known``, with their draft and state where they speak."""
    here = (
        draft.c.platform == account.c.platform,
        draft.c.account_id == account.c.account_id,
        draft.c.chat_id == bindparam("chat_id"),
        draft.c.thread_id == bindparam("thread_id"),
        draft.c.expires_at > bindparam("now"),
    )
    there = (
        conversation.c.platform == account.c.platform,
        conversation.c.account_id == account.c.account_id,
        conversation.c.chat_id == bindparam("chat_id"),
        conversation.c.thread_id == bindparam("thread_id"),
    )
    whole = known.outerjoin(draft, and_(*here)).outerjoin(conversation, and_(*there))
    columns = (*RECOGNISED, draft.c.form, draft.c.answers, draft.c.step, conversation.c.state)
    return select(*columns).select_from(whole)
