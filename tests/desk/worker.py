"""The assistant with a Telegram desk, in a process that may be killed at any moment.

Usage: ``python -m tests.desk.worker API_URL TOKEN DESK_CHAT DATABASE_URL CONTACT_ACCOUNT``
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import structlog
from pydantic import SecretStr

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.app import App, build, prepare_database, supervise
from bot.commands.desk_tasks import due_of, threads_of
from bot.config import DatabaseSettings, LimitSettings, Settings, TelegramSettings
from bot.delivery import Pacer, Sender, SenderPolicy, limits_for
from bot.delivery.carrying import FileCarrier
from bot.delivery.courier import InteractiveCourier
from bot.delivery.waking import wait_first
from tests.desk.people import NAT, SER, desk_library

POLICY = SenderPolicy(lease=1.0, request_timeout=2.0, poll=0.05, standby_poll=0.05)
RATE = 60.0


async def serve(url: str, token: str, desk: int, database_url: str, account: str) -> None:
    """Until killed."""
    settings = Settings(
        database=DatabaseSettings(url=SecretStr(database_url)),
        limits=LimitSettings(messages_per_minute=100_000, burst=10_000, group_cooldown_seconds=0),
        telegram=TelegramSettings(
            token=SecretStr(token), api_url=url, desk_chat=desk, set_commands=False
        ),
    )
    library = desk_library()
    library._snapshot = replace(  # the contact of this run
        library._snapshot,
        collection=replace(
            library._snapshot.collection, contacts=(replace(NAT, accounts=(account,)), SER)
        ),
    )
    database = await prepare_database(settings)
    async with database:
        app = build(settings, database, library)
        await run(app)


async def run(app: App) -> None:
    """The tasks of ``insop run`` with shorter waits."""
    # A chat gets no message a second here, so that a hundred topics of one group take seconds.
    limits = replace(limits_for("telegram", RATE), private_interval=0.0, group_interval=0.0)
    pacer = Pacer(limits=limits, clock=app.clock)
    adapter = TelegramAdapter(
        app.settings.telegram,
        presentation=app.presentation,
        courier=InteractiveCourier(pacer=pacer, clock=app.clock),
        inbox=app.inbox,
        clock=app.clock,
        on_moved=app.record_move,
        long_poll=1,
    )
    app.downloads["telegram"] = adapter.download
    sender = Sender(
        database=app.database,
        adapter=adapter,
        clock=app.clock,
        token_id="telegram",
        owner=f"worker-{id(app)}",
        policy=POLICY,
        pacer=pacer,
        carry=FileCarrier(adapter.capabilities.attachment_limit, app.downloads).prepared,
    )
    threads, due = threads_of(app, adapter), due_of(app)
    assert threads is not None

    async def keep(stop: asyncio.Event) -> None:
        while not stop.is_set():
            await threads.step()
            await due.process()
            await wait_first(app.clock, 0.1, stop)

    await supervise(
        {
            "telegram": lambda stop: adapter.run(app.dispatch, stop),
            "sender": sender.run,
            "desk": keep,
        }
    )


if __name__ == "__main__":
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    api, token, desk, database, account = sys.argv[1:]
    asyncio.run(serve(api, token, int(desk), database, account))
