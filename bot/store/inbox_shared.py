"""Updates that several gateways receive: each in the hands of one live process.

PostgreSQL only. A process lives as long as it holds its advisory lock, which the server drops with
its connection: a process that is slow is not dead. One that keeps its connection but is silent for
``SILENT_AFTER`` seconds, by the database's own clock, counts as dead too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.outbox_locks import key_of
from bot.store.schema import inbox
from bot.store.schema_operations import inbox_owner

SILENT_AFTER: Final = 60.0
"""Seconds without a beat after which a process counts as dead although it holds its lock."""
_SEPARATOR: Final = "\x1e"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """An update that a dead process left. ``is_done``: handled; perhaps answered, perhaps not."""

    update_id: str
    raw: str
    is_done: bool


def lock_name(owner: str) -> str:
    """What a process's own lock is called (``bot.store.outbox_locks``)."""
    return f"process:{owner}"


def lock_key(owner: str) -> int:
    """The number of that lock."""
    return key_of(lock_name(owner))


class SharedInbox:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def beat(self, owner: str, role: str) -> None:
        """Say that this process lives."""
        await self._connection.execute(_BEAT, {"owner": owner, "role": role})

    async def leave(self, owner: str) -> None:
        """This process ends; what it left is free for others at once."""
        await self._connection.execute(_LEAVE, {"owner": owner})

    async def bury(self) -> None:
        """Forget processes that have been dead for long."""
        await self._connection.execute(_BURY)

    async def accept(
        self, platform: str, updates: Sequence[tuple[str, str]], owner: str, now: datetime
    ) -> set[str]:
        """Keep ``(id, raw JSON)`` pairs; returns the ids that were new and are this owner's."""
        rows: list[dict[str, Any]] = [
            {"platform": platform, "update_id": key, "accepted_at": now, "payload": raw}
            for key, raw in updates
        ]
        new = set(
            await self._connection.scalars(
                upsert(self._connection, inbox)
                .values(rows)
                .on_conflict_do_nothing()
                .returning(inbox.c.update_id)
            )
        )
        if new:
            await self._connection.execute(
                upsert(self._connection, inbox_owner).on_conflict_do_nothing(),
                [{"platform": platform, "update_id": key, "owner": owner} for key in new],
            )
        return new

    async def claim_ownerless(self, platform: str, owner: str) -> None:
        """Take over what a process that shared with nobody left unfinished."""
        values = {"platform": platform, "owner": owner}
        await self._connection.execute(_CLAIM, values)

    async def adopt(
        self, platform: str, owner: str, only: str | None = None
    ) -> tuple[list[Adopted], bool]:
        """Take over what dead processes left, or ``only`` one update.

        Returns it, and whether the one asked for is nobody's any more: it is finished.
        """
        others = (
            select(inbox_owner.c.owner)
            .distinct()
            .where(inbox_owner.c.platform == platform, inbox_owner.c.owner != owner)
        )
        chosen = [] if only is None else [inbox_owner.c.update_id == only]
        owners = list(await self._connection.scalars(others.where(*chosen)))
        dead = [each for each in owners if await self._is_dead(each)]
        taken: list[str] = []
        if dead:
            found = await self._connection.scalars(
                update(inbox_owner)
                .where(inbox_owner.c.platform == platform, inbox_owner.c.owner.in_(dead), *chosen)
                .values(owner=owner)
                .returning(inbox_owner.c.update_id)
            )
            taken = list(found)
        if only is not None and not taken:
            row = await self._connection.scalar(
                select(inbox_owner.c.owner).where(
                    inbox_owner.c.platform == platform, inbox_owner.c.update_id == only
                )
            )
            if row != owner:
                return [], row is None
            taken = [only]
        return await self._read(platform, taken), False

    async def forget(self, answered: Collection[tuple[str, str]], owner: str) -> None:
        """These ``(platform, id)`` are answered, or never will be."""
        await self._connection.execute(
            delete(inbox_owner).where(
                tuple_(inbox_owner.c.platform, inbox_owner.c.update_id).in_(list(answered)),
                inbox_owner.c.owner == owner,
            )
        )

    async def hold_conversation(self, key: str) -> None:
        """Wait for turns of this conversation in other processes, until the transaction ends."""
        await self._connection.execute(_HOLD, {"key": key})

    async def _is_dead(self, owner: str) -> bool:
        if not owner or await self._connection.scalar(_IS_FREE, {"key": lock_key(owner)}):
            return True
        values = {"owner": owner, "silent": SILENT_AFTER}
        return bool(await self._connection.scalar(_IS_SILENT, values))

    async def _read(self, platform: str, ids: list[str]) -> list[Adopted]:
        if not ids:
            return []
        rows = await self._connection.execute(
            select(inbox.c.update_id, inbox.c.payload, inbox.c.done_at)
            .where(inbox.c.platform == platform, inbox.c.update_id.in_(ids))
            .order_by(inbox.c.accepted_at, inbox.c.update_id)
        )
        found = [
            Adopted(
                update_id=row.update_id,
                raw=row.payload.partition(_SEPARATOR)[0],
                is_done=row.done_at is not None,
            )
            for row in rows
            if row.payload is not None
        ]
        finished = set(ids) - {each.update_id for each in found}
        if finished:
            await self._connection.execute(
                delete(inbox_owner).where(
                    inbox_owner.c.platform == platform, inbox_owner.c.update_id.in_(finished)
                )
            )
        return found


_BEAT: Final = text(
    "INSERT INTO process (owner, role, started_at, seen_at) "
    "VALUES (:owner, :role, clock_timestamp(), clock_timestamp()) "
    "ON CONFLICT (owner) DO UPDATE SET seen_at = clock_timestamp()"
)
_IS_FREE: Final = text("SELECT pg_try_advisory_xact_lock(:key)")
_IS_SILENT: Final = text(
    "SELECT NOT EXISTS (SELECT 1 FROM process WHERE owner = :owner "
    "AND seen_at > clock_timestamp() - make_interval(secs => :silent))"
)
_LEAVE: Final = text("DELETE FROM process WHERE owner = :owner")
_BURY: Final = text("DELETE FROM process WHERE seen_at < clock_timestamp() - interval '1 hour'")
_HOLD: Final = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 1250))")
_CLAIM: Final = text(
    "INSERT INTO inbox_owner (platform, update_id, owner) "
    "SELECT platform, update_id, CAST(:owner AS varchar) FROM inbox i "
    "WHERE platform = :platform AND payload IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM inbox_owner o "
    "WHERE o.platform = i.platform AND o.update_id = i.update_id) ON CONFLICT DO NOTHING"
)
