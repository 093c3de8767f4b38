"""What nearly every turn reads first, in one statement: who speaks, and where they stand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, bindparam

from bot.chat.events import Author, ConversationRef
from bot.chat.turn import Member
from bot.store.people import RECOGNISE
from bot.store.schema import account, conversation, draft

if TYPE_CHECKING:
    from bot.store.unit import Store

_OPEN: Final = (
    RECOGNISE.add_columns(draft.c.form, draft.c.answers, draft.c.step, conversation.c.state)
    .outerjoin_from(
        account,
        draft,
        and_(
            draft.c.platform == account.c.platform,
            draft.c.account_id == account.c.account_id,
            draft.c.chat_id == bindparam("chat_id"),
            draft.c.thread_id == bindparam("thread_id"),
            draft.c.expires_at > bindparam("now"),
        ),
    )
    .outerjoin(
        conversation,
        and_(
            conversation.c.platform == account.c.platform,
            conversation.c.account_id == account.c.account_id,
            conversation.c.chat_id == bindparam("chat_id"),
            conversation.c.thread_id == bindparam("thread_id"),
        ),
    )
)


async def open_turn(store: Store, where: ConversationRef, author: Author, now: datetime) -> Member:
    """The person behind an account, as ``People.recognise``.

    The draft and the state of the conversation are read as well, and wait in their repositories
    for whoever asks first: for turns in which a text came, which ask at once.
    """
    platform, chat_id, thread_id = where.key
    values = {
        "platform": author.platform,
        "account": author.id,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "now": now,
    }
    row = (await store.connection.execute(_OPEN, values)).first()
    if row is not None and platform == author.platform:
        store.drafts.foresee(where, author.id, row if row.form is not None else None)
        store.conversations.foresee(where, author.id, row.state)
    return await store.people.met(row, author, now)
