"""Where each person stands in each conversation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.store.dialects import insert_for
from bot.store.question_messages import StoredFile
from bot.store.schema import conversation
from bot.store.writes import Write


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationState:
    """What the next question needs to know of the last ones.

    ``misses`` counts questions in a row that found nothing; ``missed_text`` is the first of
    them; ``candidates`` are the articles that were shown as suggestions. ``files`` came with
    these texts, the last of them as part of ``album``; ``ref`` is the platform's number of the
    message with ``last_text``. ``wish``: this shall go to a person, by name or ``hidden``.
    """

    last_article: str | None = None
    last_text: str = ""
    last_language: str = ""
    misses: int = 0
    missed_text: str = ""
    candidates: tuple[str, ...] = ()
    files: tuple[StoredFile, ...] = ()
    album: str | None = None
    ref: str = ""
    wish: Literal["", "named", "hidden"] = ""


class Conversations:
    """One row a person and conversation."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._foreseen: dict[tuple[str, ...], str | None] = {}
        self._late: dict[tuple[str, ...], Write] = {}

    def foresee(self, where: ConversationRef, account_id: str, raw: str | None) -> None:
        """What the next ``get`` would find in the column ``state``; None for no row."""
        self._foreseen[*where.key, account_id] = raw

    async def get(self, where: ConversationRef, account_id: str) -> ConversationState:
        """The state, or a fresh one."""
        late = self._late.get((*where.key, account_id))
        if late is not None:
            return _read(late.values["stood_state"])
        if (*where.key, account_id) in self._foreseen:
            raw = self._foreseen.pop((*where.key, account_id))
        else:
            raw = await self._connection.scalar(_GET, _key(where, account_id))
        return _read(raw) if raw else ConversationState()

    async def set(
        self, where: ConversationRef, account_id: str, state: ConversationState, now: datetime
    ) -> None:
        """Keep the state."""
        write = self.later(where, account_id, state, now)
        del self._late[*where.key, account_id]
        await self._connection.execute(_set(self._connection.dialect.name), write.values)

    def later(
        self, where: ConversationRef, account_id: str, state: ConversationState, now: datetime
    ) -> Write:
        """Keep the state at the end of the unit (``Store.at_end``)."""
        self._foreseen.clear()
        values = {
            **{f"stood_{name}": value for name, value in _key(where, account_id).items()},
            "stood_state": json.dumps(asdict(state), ensure_ascii=False),
            "stood_since": now,
        }
        before = self._late.get((*where.key, account_id))
        if before is not None:
            before.is_void = True
        self._late[*where.key, account_id] = write = Write(_set, values)
        return write


_GET: Final = select(conversation.c.state).where(
    conversation.c.platform == bindparam("platform"),
    conversation.c.chat_id == bindparam("chat_id"),
    conversation.c.thread_id == bindparam("thread_id"),
    conversation.c.account_id == bindparam("account_id"),
)


@cache
def _set(dialect: str) -> Any:
    names = ("platform", "chat_id", "thread_id", "account_id", "state")
    statement = insert_for(dialect, conversation).values(
        updated_at=bindparam("stood_since"), **{name: bindparam(f"stood_{name}") for name in names}
    )
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(conversation.primary_key),
        set_={"state": new.state, "updated_at": new.updated_at},
    )


def _key(where: ConversationRef, account_id: str) -> dict[str, str]:
    platform, chat_id, thread_id = where.key
    return {
        "platform": platform,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "account_id": account_id,
    }


def _read(raw: str) -> ConversationState:
    data = json.loads(raw)
    known = {key: data[key] for key in ConversationState.__slots__ if key in data}
    known["candidates"] = tuple(known.get("candidates", ()))
    known["files"] = tuple(StoredFile(**each) for each in known.get("files", ()))
    return ConversationState(**known)
