"""Announcements: what is to be told, to whom, and how far it has got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, cast

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.chat.wire import message_from_json, message_to_json
from bot.store.announcement_files import AnnouncementFiles
from bot.store.audience import Audience
from bot.store.dialects import upsert
from bot.store.schema_announcements import announcement, announcement_count, announcement_text

AnnouncementState = Literal["draft", "proposed", "running", "paused", "cancelled", "done"]
Kind = Literal["send", "edit", "delete"]
FALLBACK = ""
"""The language under which the text for all other languages is kept."""

CountKey = tuple[int, str, str]
"""Announcement, platform, and a state of its rows or ``queued``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When each recipient is due, by the recipient's own clock.

    ``wall_time`` (``2026-05-01T09:00``): at this local time; None: all at ``due_at``. ``quiet``
    (``21:00-07:00``): what is due between waits for its end. ``zone`` is an IANA zone, for chats
    whose own is not known; UTC where it is None.
    """

    wall_time: str | None = None
    zone: str | None = None
    quiet: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether recipients in different zones may be due at different times."""
        return self.wall_time is not None or self.quiet is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Times are aware. ``cursor`` is how far the fan-out has got, None at the start.

    ``kind`` is edit or delete for a correction or a recall of the announcement ``revises``.
    """

    id: int
    kind: Kind
    revises: int | None
    state: AnnouncementState
    audience: Audience
    topic: str | None
    on_unknown: Literal["hold", "resend"]
    version: int
    cursor: str | None
    is_fanned_out: bool
    due_at: datetime
    expires_at: datetime | None
    timing: Timing


_AT_ONCE: Final = Timing()


class Announcements:
    """Inside the caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def create(
        self,
        audience: Audience,
        texts: Mapping[str, Message],
        *,
        now: datetime,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
        topic: str | None = None,
        on_unknown: Literal["hold", "resend"] = "hold",
        created_by: int | None = None,
        state: AnnouncementState = "draft",
        timing: Timing = _AT_ONCE,
        kind: Kind = "send",
        revises: int | None = None,
        version: int = 1,
    ) -> int:
        """Keep an announcement with its text by language; returns its number.

        ``FALLBACK`` is the text for every language without its own; raises ``ValueError``
        without one.
        """
        if FALLBACK not in texts:
            raise ValueError("an announcement needs a text for all other languages")
        result = await self._connection.execute(
            insert(announcement)
            .values(
                state=state,
                audience=audience.to_json(),
                topic=topic,
                on_unknown=on_unknown,
                version=version,
                kind=kind,
                revises=revises,
                is_fanned_out=False,
                due_at=due_at or now,
                expires_at=expires_at,
                wall_time=timing.wall_time,
                zone=timing.zone,
                quiet=timing.quiet,
                created_by=created_by,
                created_at=now,
                updated_at=now,
            )
            .returning(announcement.c.id)
        )
        number = int(result.scalar_one())
        await self._put_texts(number, texts)
        return number

    async def get(
        self, number: int, *, is_locked: bool = False, has_senders: bool = False
    ) -> Announcement | None:
        """One announcement; ``is_locked`` keeps others from changing it meanwhile.

        ``has_senders`` lets senders go on writing down what they have sent of it.
        """
        query = select(announcement).where(announcement.c.id == number)
        if is_locked:
            query = query.with_for_update(key_share=has_senders)
        row = (await self._connection.execute(query)).first()
        if row is None:
            return None
        return Announcement(
            id=row.id,
            kind=cast(Kind, row.kind),
            revises=row.revises,
            state=cast(AnnouncementState, row.state),
            audience=Audience.from_json(row.audience),
            topic=row.topic,
            on_unknown=row.on_unknown,
            version=row.version,
            cursor=row.cursor,
            is_fanned_out=row.is_fanned_out,
            due_at=row.due_at,
            expires_at=row.expires_at,
            timing=Timing(wall_time=row.wall_time, zone=row.zone, quiet=row.quiet),
        )

    async def running(self) -> list[int]:
        """Numbers of the announcements that are being sent, oldest first."""
        rows = await self._connection.scalars(
            select(announcement.c.id)
            .where(announcement.c.state == "running")
            .order_by(announcement.c.id)
        )
        return list(rows)

    async def cancelled(self) -> list[int]:
        """Numbers of the cancelled announcements whose rows are not all taken back yet."""
        rows = await self._connection.scalars(
            select(announcement.c.id)
            .where(
                announcement.c.state == "cancelled",
                announcement.c.is_fanned_out.is_(False) | announcement.c.cursor.is_not(None),
            )
            .order_by(announcement.c.id)
        )
        return list(rows)

    async def versions(self, numbers: Collection[int]) -> dict[int, tuple[str, int, str | None]]:
        """State, version of the text and topic of each; no correction until the commit."""
        rows = await self._connection.execute(
            select(
                announcement.c.id,
                announcement.c.state,
                announcement.c.version,
                announcement.c.topic,
            )
            .where(announcement.c.id.in_(numbers))
            .order_by(announcement.c.id)
            .with_for_update(read=True, key_share=True)
        )
        return {row.id: (row.state, row.version, row.topic) for row in rows}

    async def set_state(
        self,
        number: int,
        state: AnnouncementState,
        now: datetime,
        *,
        only_from: Sequence[AnnouncementState],
    ) -> bool:
        """Start, pause, resume, cancel or end it; False where it was not in ``only_from``."""
        result = await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number, announcement.c.state.in_(only_from))
            .values(state=state, updated_at=now)
        )
        return bool(result.rowcount)

    async def set_cursor(
        self, number: int, cursor: str | None, now: datetime, *, is_done: bool
    ) -> None:
        """Note how far the rows are written."""
        await self._connection.execute(
            update(announcement)
            .where(announcement.c.id == number)
            .values(cursor=cursor, is_fanned_out=is_done, updated_at=now)
        )

    async def correct(self, number: int, texts: Mapping[str, Message], now: datetime) -> int:
        """Replace the texts: what has not left goes out corrected. Returns the new version."""
        version = await self._connection.scalar(
            update(announcement)
            .where(announcement.c.id == number)
            .values(version=announcement.c.version + 1, updated_at=now)
            .returning(announcement.c.version)
        )
        await self._connection.execute(
            delete(announcement_text).where(announcement_text.c.announcement_id == number)
        )
        await self._put_texts(number, texts)
        assert version is not None
        return int(version)

    async def texts(self, number: int) -> dict[str, Message]:
        """The message in each language it was written in, with the announcement's files."""
        rows = await self._connection.execute(
            select(announcement_text.c.language, announcement_text.c.payload).where(
                announcement_text.c.announcement_id == number
            )
        )
        files = await AnnouncementFiles(self._connection).attachments(number)
        texts = {row.language: message_from_json(row.payload) for row in rows}
        if not files:
            return texts
        return {code: replace(text, attachments=files) for code, text in texts.items()}

    async def add_counts(self, changes: Counter[CountKey]) -> None:
        """Add to the running totals."""
        # Always in the same order, so that two writers cannot lock each other out.
        for (number, platform, state), count in sorted(changes.items()):
            statement = upsert(self._connection, announcement_count).values(
                announcement_id=number, platform=platform, state=state, count=count
            )
            await self._connection.execute(
                statement.on_conflict_do_update(
                    index_elements=list(announcement_count.primary_key),
                    set_={"count": announcement_count.c.count + statement.excluded.count},
                )
            )

    async def counts(self, number: int) -> Counter[tuple[str, str]]:
        """Running totals by platform and state; ``queued`` counts all rows written so far."""
        rows = await self._connection.execute(
            select(
                announcement_count.c.platform,
                announcement_count.c.state,
                announcement_count.c.count,
            ).where(announcement_count.c.announcement_id == number)
        )
        return Counter({(row.platform, row.state): row[2] for row in rows})

    async def _put_texts(self, number: int, texts: Mapping[str, Message]) -> None:
        await self._connection.execute(
            insert(announcement_text),
            [
                {
                    "announcement_id": number,
                    "language": language,
                    "payload": message_to_json(message),
                }
                for language, message in texts.items()
            ],
        )
