"""Which process may send for a bot token: a lease with an epoch that fences late writers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema import sender_lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """``epoch`` grows with each owner; ``until`` is aware.

    ``has_lock``: the owner holds the token's lock as well.
    """

    token_id: str
    owner: str
    epoch: int
    until: datetime
    has_lock: bool = False


class OutboxLeases:
    """One row a token."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def get(self, token_id: str) -> Lease | None:
        """The last lease given, run out or not."""
        row = (
            await self._connection.execute(
                select(sender_lease).where(sender_lease.c.token_id == token_id)
            )
        ).first()
        if row is None:
            return None
        return Lease(
            token_id=row.token_id,
            owner=row.owner,
            epoch=row.epoch,
            until=row.until,
            has_lock=row.has_lock,
        )

    async def take(self, token_id: str, owner: str, until: datetime, *, has_lock: bool) -> Lease:
        """Take the lease from whoever has it: from now on only the new epoch may write."""
        epoch = await self._connection.scalar(
            upsert(self._connection, sender_lease)
            .values(token_id=token_id, owner=owner, epoch=1, until=until, has_lock=has_lock)
            .on_conflict_do_update(
                index_elements=[sender_lease.c.token_id],
                set_={
                    "owner": owner,
                    "epoch": sender_lease.c.epoch + 1,
                    "until": until,
                    "has_lock": has_lock,
                },
            )
            .returning(sender_lease.c.epoch)
        )
        assert epoch is not None
        return Lease(
            token_id=token_id, owner=owner, epoch=int(epoch), until=until, has_lock=has_lock
        )

    async def renew(self, lease: Lease, until: datetime, *, has_lock: bool) -> bool:
        """Extend one's own lease, even one that has run out; False where another epoch began."""
        result = await self._connection.execute(
            update(sender_lease)
            .where(
                sender_lease.c.token_id == lease.token_id,
                sender_lease.c.owner == lease.owner,
                sender_lease.c.epoch == lease.epoch,
            )
            .values(until=until, has_lock=has_lock)
        )
        return bool(result.rowcount)

    async def give_up(self, lease: Lease, now: datetime) -> None:
        """Let others begin at once."""
        await self.renew(lease, now, has_lock=False)
