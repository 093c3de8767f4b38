"""The assistant with three desks, in a process that may be killed at any moment.

Usage: ``python -m tests.desk.worker JSON``, where the JSON is a ``Place``.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from pydantic import SecretStr

from bot.adapters.discord.adapter import DiscordAdapter
from bot.adapters.telegram.adapter import TelegramAdapter
from bot.app import App, build, prepare_database, supervise
from bot.chat.events import Platform
from bot.chat.ports import Adapter
from bot.commands.desk_tasks import due_of, threads_of
from bot.commands.mail_tasks import make_mail_adapter
from bot.config import (
    DatabaseSettings,
    DiscordSettings,
    EmailSettings,
    LimitSettings,
    Settings,
    TelegramSettings,
)
from bot.config_mailbox import MailboxSettings
from bot.delivery import Pacer, Sender, SenderPolicy, limits_for
from bot.delivery.carrying import FileCarrier
from bot.delivery.courier import InteractiveCourier
from bot.delivery.threading import Threads
from bot.delivery.waking import wait_first
from knowledge.library import Library
from tests.desk.people import NAT, SER, desk_library
from tests.discord.wire.payloads import TOKEN as DISCORD_TOKEN
from tests.email.letters import DESK
from tests.email.servers import mailbox_at
from tests.telegram.loopback.server import TOKEN as TELEGRAM_TOKEN

POLICY = SenderPolicy(lease=1.0, request_timeout=5.0, poll=0.05, standby_poll=0.05)
RATE = 60.0

Task = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the stand-ins are, and the accounts of the two contacts.

    Without ``discord`` or ``imap`` there is no such platform.
    """

    database: str
    telegram: str
    group: int
    natalia: str
    sergei: str = ""
    discord: str = ""
    gateway: str = ""
    channel: int = 0
    smtp: int = 0
    imap: int = 0

    def command(self, module: str = "tests.desk.worker") -> list[str]:
        """What starts the worker."""
        return [sys.executable, "-m", module, json.dumps(asdict(self))]


async def serve(place: Place) -> None:
    """Until killed."""
    settings = settings_of(place)
    database = await prepare_database(settings)
    async with database:
        await run(build(settings, database, library_of(place)))


def settings_of(place: Place) -> Settings:
    """The stand-ins as settings."""
    return Settings(
        database=DatabaseSettings(url=SecretStr(place.database)),
        limits=LimitSettings(messages_per_minute=100_000, burst=10_000, group_cooldown_seconds=0),
        telegram=TelegramSettings(
            token=SecretStr(TELEGRAM_TOKEN),
            api_url=place.telegram,
            desk_chat=place.group,
            set_commands=False,
        ),
        discord=_discord(place) if place.discord else DiscordSettings(),
        email=_email(place) if place.imap else EmailSettings(),
        mailbox=mailbox_at(place.imap) if place.imap else MailboxSettings(),
    )


def library_of(place: Place) -> Library:
    """The sample with the contacts of this run."""
    library = desk_library()
    contacts = (replace(NAT, accounts=(place.natalia,)), replace(SER, accounts=(place.sergei,)))
    collection = replace(library._snapshot.collection, contacts=contacts)
    library._snapshot = replace(library._snapshot, collection=collection)
    return library


def _discord(place: Place) -> DiscordSettings:
    return DiscordSettings(
        token=SecretStr(DISCORD_TOKEN),
        api_url=place.discord,
        gateway_url=place.gateway,
        desk_channel=place.channel,
        sync_commands=False,
    )


def _email(place: Place) -> EmailSettings:
    return EmailSettings(
        transport="smtp",
        host="127.0.0.1",
        port=place.smtp,
        security="none",
        sender=f"INSOP <{DESK}>",
    )


async def run(app: App) -> None:
    """The tasks of ``insop run`` with shorter waits."""
    adapters: list[Adapter] = [_telegram(app)]
    if app.settings.discord.token is not None:
        adapters.append(_on_discord(app))
    if app.settings.mailbox.host is not None:
        adapters.append(make_mail_adapter(app))
    found = [threads_of(app, adapter) for adapter in adapters]
    kept = [threads for threads in found if threads is not None]
    tasks: dict[str, Task] = {"desk": lambda stop: _keep(app, kept, stop)}
    for adapter in adapters:
        tasks[adapter.platform] = _receiving(app, adapter)
        tasks[f"{adapter.platform}.sender"] = _sender(app, adapter).run
    await supervise(tasks)


def _pacer(app: App, platform: Platform) -> Pacer:
    # A chat gets no message a second here, so that a hundred topics of one group take seconds.
    limits = replace(limits_for(platform, RATE), private_interval=0.0, group_interval=0.0)
    return Pacer(limits=limits, clock=app.clock)


def _telegram(app: App) -> TelegramAdapter:
    adapter = TelegramAdapter(
        app.settings.telegram,
        presentation=app.presentation,
        courier=InteractiveCourier(pacer=_pacer(app, "telegram"), clock=app.clock),
        inbox=app.inbox,
        clock=app.clock,
        on_moved=app.record_move,
        long_poll=1,
    )
    app.downloads["telegram"] = adapter.download
    return adapter


def _on_discord(app: App) -> DiscordAdapter:
    adapter = DiscordAdapter(
        app.settings.discord,
        app.presentation,
        courier=InteractiveCourier(pacer=_pacer(app, "discord"), clock=app.clock),
        inbox=app.inbox,
        clock=app.clock,
    )
    app.downloads["discord"] = adapter.download
    return adapter


def _receiving(app: App, adapter: Adapter) -> Task:
    async def receive(stop: asyncio.Event) -> None:
        await adapter.run(app.dispatch, stop)

    return receive


def _sender(app: App, adapter: Adapter) -> Sender:
    return Sender(
        database=app.database,
        adapter=adapter,
        clock=app.clock,
        token_id=adapter.platform,
        owner=f"worker-{id(app)}",
        policy=POLICY,
        pacer=_pacer(app, adapter.platform),
        carry=FileCarrier(adapter.capabilities.attachment_limit, app.downloads).prepared,
    )


async def _keep(app: App, kept: Sequence[Threads], stop: asyncio.Event) -> None:
    due = due_of(app)
    while not stop.is_set():
        for threads in kept:
            await threads.step()
        await due.process()
        await wait_first(app.clock, 0.1, stop)


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    asyncio.run(serve(Place(**json.loads(sys.argv[1]))))
