"""An outbox, a platform, and as many senders as a test wants."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.delivery import Pacer, PlatformLimits, Sender, SenderPolicy, limits_for
from bot.delivery.fanout import FanOut
from bot.store import Database
from bot.store.announcements import FALLBACK, Announcements
from bot.store.audience import Audience
from bot.store.schema import chat, delivery
from tests.delivery.clock import FakeClock
from tests.delivery.fakes import FakePlatform

POLICY = SenderPolicy(lease=6.0, request_timeout=30.0)


def private(chat_id: str, platform: Platform = "telegram") -> ConversationRef:
    """Somebody's private chat."""
    return ConversationRef(platform=platform, chat_id=chat_id)


def group(chat_id: str) -> ConversationRef:
    """A group."""
    return ConversationRef(platform="telegram", chat_id=chat_id, is_private=False)


class SeverableDatabase(Database):
    """Can be made to fail as a server does that is gone."""

    is_severed = False

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[AsyncConnection]:
        if self.is_severed:
            raise OperationalError("connect", None, OSError("severed"))
        async with super().connect() as connection:
            yield connection


class World:
    """The clock stands still while a statement runs on ``database``."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._statements = 0
        self._databases: list[Database] = [database]
        self._watch(database)
        self.clock = FakeClock(self._is_busy)
        self.platform = FakePlatform(self.clock)
        self._running: dict[Sender, tuple[asyncio.Event, asyncio.Task[None]]] = {}
        self._owners = 0

    def _watch(self, database: Database) -> None:
        engine = database.engine.sync_engine
        event.listen(engine, "before_cursor_execute", self._begin_statement)
        event.listen(engine, "after_cursor_execute", self._end_statement)
        event.listen(engine, "handle_error", self._end_failed)

    def _begin_statement(self, *_: Any) -> None:
        self._statements += 1

    def _end_statement(self, *_: Any) -> None:
        self._statements -= 1

    def _end_failed(self, context: Any) -> None:
        if context.execution_context is not None:
            self._statements -= 1

    def _is_busy(self) -> bool:
        # On PostgreSQL the sender that is active keeps one connection for its lock.
        kept = 0 if self.database.is_sqlite else sum(sender.is_active for sender in self._running)
        pools: list[Any] = [database.engine.pool for database in self._databases]
        return self._statements > 0 or sum(pool.checkedout() for pool in pools) > kept

    async def sender(
        self,
        *,
        policy: SenderPolicy = POLICY,
        limits: PlatformLimits | None = None,
        database: Database | None = None,
        token_id: str = "bot",
        **options: Any,
    ) -> Sender:
        """A sender that runs."""
        self._owners += 1
        limits = limits or limits_for(self.platform.platform)
        made = Sender(
            database=database or self.database,
            adapter=self.platform,
            clock=self.clock,
            token_id=token_id,
            owner=f"sender-{self._owners}",
            policy=policy,
            pacer=Pacer(limits=limits, clock=self.clock),
            **options,
        )
        stop = asyncio.Event()
        self._running[made] = (stop, asyncio.ensure_future(made.run(stop)))
        await self.clock.settle()
        return made

    async def stop(self, sender: Sender) -> None:
        """SIGTERM."""
        stop, task = self._running[sender]
        stop.set()
        await self.clock.run_until(task.done)
        del self._running[sender]
        task.result()

    async def kill(self, sender: Sender, database: SeverableDatabase) -> None:
        """As ``kill -9``: from now on nothing that it writes gets through."""
        database.is_severed = True
        await self.stop(sender)

    async def second(self) -> SeverableDatabase:
        """Another connection to the same database, as another process has one."""
        url = self.database.url.render_as_string(hide_password=False)
        database = SeverableDatabase(url)
        self._watch(database)
        self._databases.append(database)
        return database

    async def close(self) -> None:
        """Stop whatever runs."""
        for sender in list(self._running):
            await self.stop(sender)
        for database in self._databases[1:]:
            await database.close()

    async def relay(
        self,
        source: str,
        to: ConversationRef,
        words: str = "a question",
        *,
        lane: Lane = Lane.RELAY,
        on_unknown: str = "resend",
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        """Put one message into the outbox."""
        async with self.database.begin() as store:
            await store.outbox.add(
                source,
                to,
                Message(text=words),
                lane=lane,
                on_unknown=on_unknown,
                now=self.clock.now(),
                due_at=due_at,
                expires_at=expires_at,
            )

    async def chats(self, count: int, *, platform: Platform = "telegram", **values: Any) -> None:
        """So many private chats, ``c0001`` and on."""
        rows = [
            {
                "platform": platform,
                "chat_id": f"c{number:04}",
                "kind": "private",
                "status": "active",
                "language": "en",
                "is_desk": False,
                "has_opted_out": False,
                "updated_at": self.clock.now(),
                **values,
            }
            for number in range(1, count + 1)
        ]
        async with self.database.connect() as connection:
            await connection.execute(insert(chat), rows)

    async def announce(
        self,
        texts: dict[str, str] | None = None,
        *,
        audience: Audience | None = None,
        **options: Any,
    ) -> int:
        """An announcement whose rows are all written."""
        options = {"on_unknown": "hold", "state": "running", **options}
        async with self.database.connect() as connection:
            number = await Announcements(connection).create(
                audience or Audience(),
                {
                    language: Message(text=words)
                    for language, words in (texts or {FALLBACK: "news"}).items()
                },
                now=self.clock.now(),
                **options,
            )
        await FanOut(database=self.database, clock=self.clock).write_all(number)
        return number

    async def counts(self, number: int) -> dict[str, int]:
        """An announcement's running totals over all platforms."""
        async with self.database.connect() as connection:
            counts = await Announcements(connection).counts(number)
        totals: Counter[str] = Counter()
        for (_, state), count in counts.items():
            totals[state] += count
        return {state: count for state, count in totals.items() if count}

    async def run_fanout(self, seconds: float) -> None:
        """Let the announcements' rows be written for so long."""
        stop = asyncio.Event()
        running = asyncio.ensure_future(FanOut(database=self.database, clock=self.clock).run(stop))
        await self.clock.run_for(seconds)
        stop.set()
        await self.clock.run_until(running.done)

    async def state_of(self, number: int) -> str:
        """An announcement's."""
        async with self.database.connect() as connection:
            told = await Announcements(connection).get(number)
        assert told is not None
        return told.state

    async def states(self) -> dict[str, int]:
        """Rows of the outbox by state."""
        async with self.database.connect() as connection:
            rows = await connection.execute(select(delivery.c.state))
            return dict(Counter(rows.scalars()))

    async def rows(self) -> list[Any]:
        """All rows of the outbox, oldest first."""
        async with self.database.connect() as connection:
            return list(await connection.execute(select(delivery).order_by(delivery.c.id)))

    async def chat_of(self, chat_id: str) -> Any:
        """A row of ``chat``."""
        async with self.database.connect() as connection:
            return (await connection.execute(select(chat).where(chat.c.chat_id == chat_id))).first()

    async def set_chat(self, chat_id: str, **values: Any) -> None:
        """Change a row of ``chat``."""
        async with self.database.connect() as connection:
            await connection.execute(update(chat).where(chat.c.chat_id == chat_id).values(**values))

    async def sql(self, statement: str) -> None:
        """Anything."""
        async with self.database.connect() as connection:
            await connection.execute(text(statement))
