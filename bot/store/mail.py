"""How far the mailbox is read, and the files that came by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import upsert
from bot.store.schema import delivery, inbox
from bot.store.schema_desk import question_copy, question_message
from bot.store.schema_mail import mail_file, mailbox_position


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of a mail."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


class MailStore:
    """Rows of ``mailbox_position`` and ``mail_file``."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def position(self, mailbox: str) -> tuple[int, int] | None:
        """UIDVALIDITY and the last UID dealt with; None before the first time."""
        row = (
            await self._connection.execute(
                select(mailbox_position.c.validity, mailbox_position.c.uid).where(
                    mailbox_position.c.mailbox == mailbox
                )
            )
        ).first()
        return None if row is None else (int(row.validity), int(row.uid))

    async def advance(self, mailbox: str, validity: int, uid: int, now: datetime) -> None:
        """The mailbox is read up to ``uid``."""
        values = {"validity": validity, "uid": uid, "updated_at": now}
        await self._connection.execute(
            upsert(self._connection, mailbox_position)
            .values(mailbox=mailbox, **values)
            .on_conflict_do_update(index_elements=[mailbox_position.c.mailbox], set_=values)
        )

    async def is_handled(self, digest: str) -> bool:
        """Whether a turn took the mail with this digest."""
        done = select(inbox.c.done_at).where(
            inbox.c.platform == "email", inbox.c.update_id == digest
        )
        return await self._connection.scalar(done) is not None

    async def keep(
        self, digest: str, number: int, files: Sequence[KeptFile], now: datetime
    ) -> list[str]:
        """Keep a mail's files; returns their handles, the same when called again."""
        for place, file in enumerate(files):
            await self._connection.execute(
                upsert(self._connection, mail_file)
                .values(
                    digest=digest,
                    place=place,
                    question_id=number,
                    name=file.name[:100],
                    media_type=file.media_type[:100],
                    data=file.data,
                    created_at=now,
                )
                .on_conflict_do_nothing()
            )
        return [f"{digest}.{place}" for place in range(len(files))]

    async def file(self, handle: str) -> KeptFile | None:
        """A file by its handle; None where it is gone."""
        digest, _, place = handle.partition(".")
        row = (
            await self._connection.execute(
                select(mail_file).where(
                    mail_file.c.digest == digest,
                    mail_file.c.place == (int(place) if place.isdigit() else -1),
                )
            )
        ).first()
        if row is None:
            return None
        return KeptFile(name=row.name, media_type=row.media_type, data=bytes(row.data))

    async def note_returned(self, address: str, ref: str, now: datetime) -> bool:
        """A mail that left came back: it counts as failed; False where none is known by ``ref``."""
        mine = (
            delivery.c.platform == "email",
            func.lower(delivery.c.chat_id) == address.lower(),
            delivery.c.message_id == ref,
        )
        sources = list(await self._connection.scalars(select(delivery.c.source).where(*mine)))
        if not sources:
            return False
        await self._connection.execute(
            update(delivery)
            .where(*mine, delivery.c.state == "sent")
            .values(state="failed", error="returned", updated_at=now)
        )
        await self._connection.execute(
            update(question_copy)
            .where(
                question_copy.c.source.in_(sources),
                question_copy.c.platform == "email",
                func.lower(question_copy.c.chat_id) == address.lower(),
                question_copy.c.state.in_(("queued", "sent")),
            )
            .values(state="failed", message_ref=ref, reported_at=None)
        )
        return True

    async def thread(self, number: int, address: str) -> list[str]:
        """Ids of the mails between us and ``address`` about a question, oldest first."""
        rows = await self._connection.scalars(
            select(func.coalesce(question_copy.c.message_ref, delivery.c.message_id))
            .join_from(
                question_copy, question_message, question_copy.c.message_id == question_message.c.id
            )
            .outerjoin(
                delivery,
                (delivery.c.source == question_copy.c.source)
                & (delivery.c.platform == question_copy.c.platform)
                & (delivery.c.chat_id == question_copy.c.chat_id),
            )
            .where(
                question_message.c.question_id == number,
                question_copy.c.platform == "email",
                question_copy.c.chat_id == address,
            )
            .order_by(question_copy.c.id)
        )
        return [str(ref) for ref in rows if ref]
