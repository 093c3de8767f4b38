"""Forms being filled in, one question at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef
from bot.chat.forms import Field, Form
from bot.chat.messages import Choice
from bot.store.dialects import upsert
from bot.store.schema import draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form with the answers so far; ``step`` is the index of the field asked next."""

    form: Form
    answers: Mapping[str, str]
    step: int


class Drafts:
    """At most one draft a person and conversation: a new form replaces the old one."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._foreseen: dict[tuple[str, ...], Any] = {}

    def foresee(self, where: ConversationRef, account_id: str, row: Any) -> None:
        """What the next ``get`` would find: form, answers, step; None for no draft."""
        self._foreseen[*where.key, account_id] = row

    async def get(self, where: ConversationRef, account_id: str, now: datetime) -> Draft | None:
        """The draft that has not expired, or None."""
        platform, chat_id, thread_id = where.key
        if (*where.key, account_id) in self._foreseen:
            row = self._foreseen.pop((*where.key, account_id))
        else:
            values = {
                "of_platform": platform,
                "of_chat": chat_id,
                "of_thread": thread_id,
                "of_account": account_id,
                "now": now,
            }
            row = (await self._connection.execute(_GET, values)).first()
        if row is None:
            return None
        return Draft(form=_form(row.form), answers=json.loads(row.answers), step=row.step)

    async def find(self, where: ConversationRef, now: datetime) -> tuple[str, Draft] | None:
        """The draft of a conversation that has one at most, with the account that it is of."""
        platform, chat_id, thread_id = where.key
        row = (
            await self._connection.execute(
                select(draft.c.account_id, draft.c.form, draft.c.answers, draft.c.step).where(
                    draft.c.platform == platform,
                    draft.c.chat_id == chat_id,
                    draft.c.thread_id == thread_id,
                    draft.c.expires_at > now,
                )
            )
        ).first()
        if row is None:
            return None
        kept = Draft(form=_form(row.form), answers=json.loads(row.answers), step=row.step)
        return (str(row.account_id), kept)

    async def set(
        self, where: ConversationRef, account_id: str, kept: Draft, expires_at: datetime
    ) -> None:
        """Keep the draft until ``expires_at``."""
        self._foreseen.clear()
        platform, chat_id, thread_id = where.key
        values = {
            "form": json.dumps(asdict(kept.form), ensure_ascii=False),
            "answers": json.dumps(dict(kept.answers), ensure_ascii=False),
            "step": kept.step,
            "expires_at": expires_at,
        }
        await self._connection.execute(
            upsert(self._connection, draft)
            .values(
                platform=platform,
                chat_id=chat_id,
                thread_id=thread_id,
                account_id=account_id,
                **values,
            )
            .on_conflict_do_update(index_elements=list(draft.primary_key), set_=values)
        )

    async def drop(self, where: ConversationRef, account_id: str) -> bool:
        """Forget the draft; False where there was none."""
        self._foreseen.clear()
        result = await self._connection.execute(delete(draft).where(*_key(where, account_id)))
        return bool(result.rowcount)

    async def forget_expired(self, now: datetime) -> int:
        """Drop what nobody came back to; returns how many."""
        result = await self._connection.execute(delete(draft).where(draft.c.expires_at <= now))
        return int(result.rowcount)


_GET: Final = select(draft.c.form, draft.c.answers, draft.c.step).where(
    draft.c.platform == bindparam("of_platform"),
    draft.c.chat_id == bindparam("of_chat"),
    draft.c.thread_id == bindparam("of_thread"),
    draft.c.account_id == bindparam("of_account"),
    draft.c.expires_at > bindparam("now"),
)


def _key(where: ConversationRef, account_id: str) -> tuple[ColumnElement[bool], ...]:
    platform, chat_id, thread_id = where.key
    return (
        draft.c.platform == platform,
        draft.c.chat_id == chat_id,
        draft.c.thread_id == thread_id,
        draft.c.account_id == account_id,
    )


def _form(raw: str) -> Form:
    data = json.loads(raw)
    fields = tuple(
        Field(**{**field, "choices": tuple(Choice(**choice) for choice in field["choices"])})
        for field in data.pop("fields")
    )
    return Form(fields=fields, **data)
