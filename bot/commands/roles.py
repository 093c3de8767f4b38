"""What one process does: everything, or the part that ``--role`` names."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import structlog

from bot.app import App, desks_of, folder_of, own_folder_of
from bot.chat.events import Platform
from bot.commands.beside import Fetching, run_beside
from bot.commands.desk_tasks import backlog_of
from bot.commands.sending import pacer_for, sender_for
from bot.config import Settings
from bot.delivery.courier import InteractiveCourier
from bot.delivery.pacing import Pacer
from bot.delivery.sender import Sender
from bot.delivery.waking import wait_first
from bot.mail import LetterLinks
from bot.operations.electing import Elected
from bot.operations.watching import Watch
from bot.sharing import BEAT, Gateway
from bot.store.listening import listen
from bot.store.outages import OUTAGES
from bot.web.server import WebServer
from knowledge.answering import Outcome, Query
from knowledge.library import LateLibrary, Library
from knowledge.loader import load

_log = structlog.get_logger(__name__)

ROLES: Final = ("gateway", "sender", "clock")
ALL: Final = "all"
SENDERS_SHARE: Final = 0.8
"""Of the platform's rate, where gateways of other processes answer with the same token."""

Task = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class PlatformAdapter(Fetching, Protocol):
    """What both platforms offer beyond the port."""

    async def stand_ready(self, stop: asyncio.Event) -> None: ...

    async def replay(self) -> None: ...


def parse_roles(text: str) -> frozenset[str]:
    """``all``, or some of ``ROLES`` joined by commas; raises ``ValueError``."""
    if text == ALL:
        return frozenset()
    roles = frozenset(part.strip() for part in text.split(","))
    if not roles <= set(ROLES):
        raise ValueError(f"choose all, or some of {', '.join(ROLES)} joined by commas")
    return roles


def owner_name() -> str:
    """Unique to this process and start; names the machine for those who read leases."""
    return f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(3)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the tasks of one process share. ``roles`` is empty for everything in one."""

    app: App
    roles: frozenset[str]
    owner: str
    web: WebServer | None
    gateway: Gateway | None
    links: LetterLinks | None = None
    pokes: dict[str, Callable[[], None]] = field(default_factory=dict)

    def poke_senders(self) -> None:
        """There is something new in the outbox for the senders of this process."""
        for poke in list(self.pokes.values()):
            poke()

    def has(self, role: str) -> bool:
        """Whether this process does that."""
        return not self.roles or role in self.roles

    def elected(self, name: str) -> Elected:
        """The election of all processes for one task."""
        return Elected(
            database=self.app.database, clock=self.app.clock, name=name, owner=self.owner
        )

    def tasks(self, platform: Platform) -> Mapping[str, Task]:
        """Receiving and sending on one platform, as far as this process does them."""
        rate = _rate(self, platform)
        pacer = pacer_for(platform, rate, self.app.clock)
        if not self.roles:
            adapter = make_adapter(self, platform, pacer)
            sender, _ = sender_for(self.app, adapter, token_id=platform, pacer=pacer)
            self.pokes[platform] = sender.poke
            return {
                platform: lambda stop: adapter.run(self.app.dispatch, stop),
                f"{platform}.sender": sender.run,
                f"{platform}.beside": lambda stop: run_beside(self.app, adapter, pacer, stop),
            }
        tasks: dict[str, Task] = {}
        if "gateway" in self.roles:
            tasks[platform] = self._receiving(platform, pacer)
        if "sender" in self.roles:
            tasks |= self._sending(platform, pacer)
        return tasks

    def _receiving(self, platform: Platform, pacer: Pacer) -> Task:
        settings = self.app.settings.telegram
        if platform == "telegram" and settings.mode == "webhook":
            adapter = make_adapter(self, platform, pacer)
            return lambda stop: _receive(self, adapter, pacer, stop)

        async def receive_elected(stop: asyncio.Event) -> None:
            async def term(over: asyncio.Event) -> None:
                await _receive(self, make_adapter(self, platform, pacer), pacer, over)

            await self.elected(f"{platform}.gateway").run(term, stop)

        return receive_elected

    def _sending(self, platform: Platform, pacer: Pacer) -> dict[str, Task]:
        adapter = make_adapter(self, platform, pacer, is_sender=True)
        sender, _ = sender_for(self.app, adapter, token_id=platform, pacer=pacer, owner=self.owner)
        return {
            f"{platform}.wire": adapter.stand_ready,
            f"{platform}.sender": sender.run,
            f"{platform}.poke": lambda stop: _poked(self, sender, stop),
        }


async def _receive(part: Part, adapter: PlatformAdapter, pacer: Pacer, stop: asyncio.Event) -> None:
    """Receive, and look for what other gateways left when they died."""
    over = asyncio.Event()

    async def sweep() -> None:
        while not over.is_set():
            await wait_first(part.app.clock, BEAT, over)
            try:
                if not over.is_set():
                    await adapter.replay()
            except OUTAGES as error:
                _log.warning("gateway.sweep_failed", error=type(error).__name__)

    sweeping = asyncio.create_task(sweep())
    beside = asyncio.create_task(run_beside(part.app, adapter, pacer, over))
    try:
        await adapter.run(part.app.dispatch, stop)
    finally:
        over.set()
        sweeping.cancel()
        beside.cancel()
        await asyncio.gather(sweeping, beside, return_exceptions=True)


async def _poked(part: Part, sender: Sender, stop: asyncio.Event) -> None:
    await listen(part.app.database, part.app.clock, sender.poke, stop)


def make_adapter(
    part: Part, platform: Platform, pacer: Pacer, *, is_sender: bool = False
) -> PlatformAdapter:
    """A fresh adapter; one that only sends registers no menus, commands or webhook."""
    app = part.app
    courier = InteractiveCourier(pacer=pacer, clock=app.clock, meter=app.meter)
    if platform == "telegram":
        from bot.adapters.telegram.adapter import TelegramAdapter

        telegram = app.settings.telegram
        if is_sender:
            telegram = telegram.model_copy(update={"set_commands": False, "mode": "polling"})
        return TelegramAdapter(
            telegram,
            presentation=app.presentation,
            courier=courier,
            inbox=app.inbox,
            clock=app.clock,
            on_moved=app.record_move,
            host=part.web,
        )
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.commands.discord_state import StoredDrafts, SyncFile

    discord = app.settings.discord
    if is_sender:
        discord = discord.model_copy(update={"sync_commands": False})
    return DiscordAdapter(
        discord,
        app.presentation,
        courier=courier,
        inbox=app.inbox,
        clock=app.clock,
        drafts=StoredDrafts(app.database, app.clock),
        sync_state=SyncFile(app.settings.answering.cache_folder),
        backlog=backlog_of(app),
        login_tries=None,
    )


def watch_for(part: Part) -> Watch:
    """What tells the secretariat's chats; the disks that count are those that are written to."""
    app, settings = part.app, part.app.settings
    folders = [settings.answering.cache_folder]
    if app.database.is_sqlite and app.database.url.database:
        folders.append(Path(app.database.url.database).parent)
    if settings.backup.folder is not None:
        folders.append(Path(settings.backup.folder))
    return Watch(
        database=app.database,
        clock=app.clock,
        troubles=app.troubles,
        settings=settings.alerts,
        desks=desks_of(settings),
        language=settings.language,
        owner=part.owner,
        folders=folders,
        sees_all=part.has("clock"),
    )


class _NoSearch:
    """Stands where a process has no questions to answer, and saves the index."""

    def decide(self, query: Query) -> Outcome:
        """See ``Answerer``."""
        raise RuntimeError("a process without the role gateway was asked a question")


def unsearched_library(settings: Settings) -> Library:
    """The articles without their search, read when they are first asked for."""
    return LateLibrary(
        lambda: load(
            folder_of(settings),
            cache=settings.answering.cache_folder,
            own=own_folder_of(settings),
        ),
        lambda _: _NoSearch(),
    )


def _rate(part: Part, platform: Platform) -> float:
    settings = part.app.settings
    rate = settings.telegram if platform == "telegram" else settings.discord
    share = SENDERS_SHARE if part.roles == {"sender"} else 1.0
    return rate.rate_per_second * share


__all__ = [
    "ALL",
    "ROLES",
    "Part",
    "make_adapter",
    "owner_name",
    "parse_roles",
    "unsearched_library",
    "watch_for",
]
