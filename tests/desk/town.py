"""The assistant on Discord in simcord, which can be away for a while and come back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import simcord
from pydantic import SecretStr
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType
from sqlalchemy import func, select

from bot.adapters.discord.adapter import DiscordAdapter
from bot.app import build, desks_of, prepare_database
from bot.chat.events import Event
from bot.chat.turn import Reply
from bot.commands.desk_tasks import backlog_of, due_of, threads_of
from bot.commands.sending import sender_for
from bot.config import DatabaseSettings, DiscordSettings, Settings
from bot.config_operations import AlertSettings
from bot.delivery.courier import InteractiveCourier
from bot.operations.watching import Watch
from bot.store import Database
from bot.store.schema import delivery
from knowledge.library import Library
from tests.desk.hurrying import hurried
from tests.desk.people import NAT, SER, desk_library
from tests.desk.test_on_discord import said
from tests.discord.histories import true_histories
from tests.waiting import until


class TownClock:
    """simcord's time, in which all numbers of messages are made; waits take real time."""

    def __init__(self, env: simcord.Env) -> None:
        self._env = env

    def now(self) -> datetime:
        return self._env.backend.clock.now()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.05))


class Town:
    """``ser`` and ``nat`` answer at the ``desk``; ``ana`` and ``ben`` ask in private."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.events: list[Event] = []
        """What the core was told, by all processes."""
        self.after_turn: Callable[[Event], None] = lambda event: None
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()

    async def open(self) -> None:
        """The first process, in a world that is made for it."""
        self.adapter = self._placeholder()
        self.env = env = simcord.Env(self.adapter.client, shard_count=1)
        self.clock = TownClock(env)
        guild = env.create_guild("Soil people")
        self.guild = guild
        self.desk = guild.create_text_channel("desk")
        self.ser, self.nat, self.ana, self.ben = (
            guild.add_member(env.create_user(name.lower(), global_name=name))
            for name in ("Sergei", "Natalia", "Ana", "Ben")
        )
        self._build()
        env.bot = self.adapter.client
        await env.start()
        self._listen()
        await self._until_caught_up(None)

    async def leaves(self) -> None:
        """The process dies: from here on nobody listens, and nothing is sent."""
        await self._end()
        self.env.backend.subscribers.remove(self.env._gateway_feed)

    async def returns(
        self, *, later: timedelta = timedelta(seconds=1), is_awaited: bool = True
    ) -> None:
        """Another process on the same tables, after some more time."""
        self.pass_time(later)
        self._build()
        before = await self.heard()
        await self.adapter.replay()
        await self.env.restart_bot(self.adapter.client)
        self._listen()
        if is_awaited:
            await self._until_caught_up(before)

    @property
    def mention(self) -> str:
        """What calls the assistant in a channel."""
        assert self.env.bot.user is not None
        return self.env.bot.user.mention

    async def has_kept_something(self) -> bool:
        """Whether a message came that is not handled yet."""
        return bool(await self.app.inbox.pending("discord"))

    async def has_heard_all(self) -> None:
        """Until it is noted that everything was heard so far."""
        now = self.clock.now()

        async def is_noted() -> bool:
            heard = await self.heard()
            return heard is not None and heard >= now

        await until(is_noted, "all to be heard")

    def pass_time(self, time: timedelta) -> None:
        """For everybody."""
        self.env.backend.clock.advance(time.total_seconds())

    def dies(self, event: Event) -> None:
        """As ``after_turn``: the process ends after the first message that it takes up."""
        self._tasks[0].cancel()

    def says_now(self, who: Any, channel: Any, words: str) -> None:
        """An answer that comes live at this very moment."""
        answered = {"channel_id": str(channel.id), "message_id": str(channel.history()[0].id)}
        reference = self.env.backend.normalize_message_reference(channel.id, answered)
        self.env.backend.create_message(channel.id, who.id, words, reference=reference)

    def let_read(self, *, is_so: bool) -> None:
        """Give the assistant the right to read old messages of the desk, or take it."""
        self._let(discord.Permissions.read_message_history.flag, is_so=is_so)

    def let_make_threads(self, *, is_so: bool) -> None:
        """The same for threads at the desk."""
        self._let(discord.Permissions.create_public_threads.flag, is_so=is_so)

    def _let(self, right: int, *, is_so: bool) -> None:
        assert self.env.bot.user is not None
        deny = 0 if is_so else right
        overwrite = Overwrite(self.env.bot.user.id, OverwriteType.MEMBER, deny=deny)
        self.env.backend.set_overwrite(self.desk.id, overwrite)

    async def watch(self) -> None:
        """Whoever tells the secretariat of troubles looks, and it arrives."""
        watch = Watch(
            database=self.database,
            clock=self.clock,
            troubles=self.app.troubles,
            settings=AlertSettings(disk_free_mb=0),
            desks=desks_of(self.app.settings),
            language="en",
            owner="town",
        )
        await watch.look()
        await self.until(lambda: True)

    async def close(self) -> None:
        """At the end of a test."""
        await self._end()
        await self.env.shutdown()

    async def heard(self) -> datetime | None:
        """How far everything was heard, by the tables."""
        return await backlog_of(self.app).since("discord")

    async def ask(self, asker: Any, words: str) -> Any:
        """Put a question to people; returns its thread."""
        form = await asker.user.slash("contact")
        await asker.user.submit_modal(form, {"question": words})
        await self.until(lambda: words in said(self.thread(words)))
        return self.thread(words)

    def thread(self, words: str) -> Any:
        """The newest thread with such words in its name, or None."""
        found = [thread for thread in self.desk.threads if words in (thread.name or "")]
        return found[-1] if found else None

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let everything beside the turns work until something is to be seen."""
        threads = threads_of(self.app, self.adapter)
        assert threads is not None

        async def goes_on() -> bool:
            await threads.step()
            await due_of(self.app).process()
            return await self._has_sent_all() and is_so()

        await until(goes_on)
        await self.env.settle()

    async def _has_sent_all(self) -> bool:
        under_way = delivery.c.state.in_(("ready", "claimed", "sending"))
        async with self.database.connect() as connection:
            left = await connection.scalar(
                select(func.count()).select_from(delivery).where(under_way)
            )
        self.sender.poke()
        return left == 0

    async def _until_caught_up(self, before: datetime | None) -> None:

        async def has_heard() -> bool:
            return await self.heard() != before

        await until(has_heard, "all that was missed")
        await self.until(lambda: True)

    def _placeholder(self) -> DiscordAdapter:
        app = build(Settings(), self.database, desk_library())
        return _adapter(app, app.clock)

    def _build(self) -> None:
        settings = Settings(discord=DiscordSettings(desk_channel=self.desk.id))
        library = self._library()
        self.app = build(settings, self.database, library, clock=self.clock)
        self.adapter = _adapter(self.app, self.clock)
        self.adapter.attach(self._dispatch)
        self.sender, _ = sender_for(
            self.app, self.adapter, token_id="discord", pacer=hurried(self.clock)
        )

    def _library(self) -> Library:
        library = desk_library()
        contacts = (
            replace(SER, accounts=(f"discord:{self.ser.id}",)),
            replace(NAT, accounts=(f"discord:{self.nat.id}",)),
        )
        collection = replace(library._snapshot.collection, contacts=contacts)
        library._snapshot = replace(library._snapshot, collection=collection)
        return library

    async def _dispatch(self, event: Event) -> Reply:
        reply = await self.app.dispatch(event)
        self.events.append(event)
        self.after_turn(event)
        return reply

    def _listen(self) -> None:
        sessions = self.adapter.client.sessions
        assert sessions is not None
        self._stop = asyncio.Event()
        self._tasks = [
            asyncio.create_task(sessions.run()),
            asyncio.create_task(self.sender.run(self._stop)),
        ]

    async def _end(self) -> None:
        self._stop.set()
        for task in self._tasks[:1]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []


def _adapter(app: Any, clock: Any) -> DiscordAdapter:
    return DiscordAdapter(
        DiscordSettings(token=SecretStr("never-used")),
        app.presentation,
        courier=InteractiveCourier(pacer=hurried(clock), clock=clock),
        inbox=app.inbox,
        clock=clock,
        backlog=backlog_of(app),
    )


@asynccontextmanager
async def town_at(folder: Path) -> AsyncIterator[Town]:
    """With a database of its own; no listener of discord.py may have failed in the end."""
    url = SecretStr(f"sqlite:///{folder / 'x.db'}")
    async with await prepare_database(Settings(database=DatabaseSettings(url=url))) as database:
        town = Town(database)
        with true_histories():
            await town.open()
            try:
                yield town
            finally:
                await town.close()
        assert town.env.errors == []


def lines(channel: Any, words: Sequence[str]) -> list[str]:
    """Which of ``words`` stand in a channel, in the order in which they stand there."""
    return [word for text in said(channel).split("\n") for word in words if word in text]
