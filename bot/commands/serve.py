"""``insop run``: every platform that has a token, until stopped."""

from __future__ import annotations

import argparse
import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable

from bot.app import App, build, build_library, prepare_database, supervise
from bot.chat.errors import StartupError
from bot.commands.channels import subscribe_channels
from bot.commands.sending import pacer_for, sender_for, upkeep
from bot.config import Settings
from bot.delivery.courier import InteractiveCourier
from bot.store.database import DatabaseError

Task = Callable[[asyncio.Event], Awaitable[None]]


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve; 1 where a platform refuses to start."""
    if settings.telegram.token is None and settings.discord.token is None:
        print(
            "There is no token yet, so there is nothing to serve. Set INSOP_TELEGRAM_TOKEN or "
            "INSOP_DISCORD_TOKEN, or try the assistant here with: insop chat",
            file=sys.stderr,
        )
        return 2
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings))
    except (DatabaseError, StartupError) as error:
        print(error, file=sys.stderr)
        return 1
    except BaseExceptionGroup as group:
        refused, others = group.split(StartupError)
        for fault in _leaves(refused) if refused else ():
            print(fault, file=sys.stderr)
        if others is not None:
            raise others from None
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    database = await prepare_database(settings)
    async with database:
        app = build(settings, database, build_library(settings))
        await subscribe_channels(app)
        # The knowledge base lives as long as the process: without this, every full collection
        # would walk its half a million objects and hold all turns up for it.
        gc.collect()
        gc.freeze()
        tasks: dict[str, Task] = {"reloading": app.reloader().run, **upkeep(app)}
        if settings.telegram.token is not None:
            tasks |= _telegram(app)
        if settings.discord.token is not None:
            tasks |= _discord(app)
        await supervise(tasks)


def _telegram(app: App) -> dict[str, Task]:
    from bot.adapters.telegram.adapter import TelegramAdapter

    settings = app.settings.telegram
    pacer = pacer_for("telegram", settings.rate_per_second, app.clock)
    adapter = TelegramAdapter(
        settings,
        presentation=app.presentation,
        courier=InteractiveCourier(pacer=pacer, clock=app.clock),
        inbox=app.inbox,
        clock=app.clock,
        on_moved=app.record_move,
    )
    sender, _ = sender_for(app, adapter, token_id="telegram", pacer=pacer)
    return {
        "telegram": lambda stop: adapter.run(app.dispatch, stop),
        "telegram.sender": sender.run,
    }


def _discord(app: App) -> dict[str, Task]:
    from bot.adapters.discord.adapter import DiscordAdapter
    from bot.commands.discord_state import StoredDrafts, SyncFile

    settings = app.settings.discord
    pacer = pacer_for("discord", settings.rate_per_second, app.clock)
    adapter = DiscordAdapter(
        settings,
        app.presentation,
        courier=InteractiveCourier(pacer=pacer, clock=app.clock),
        inbox=app.inbox,
        clock=app.clock,
        drafts=StoredDrafts(app.database, app.clock),
        sync_state=SyncFile(app.settings.answering.cache_folder),
    )
    sender, _ = sender_for(app, adapter, token_id="discord", pacer=pacer)
    return {
        "discord": lambda stop: adapter.run(app.dispatch, stop),
        "discord.sender": sender.run,
    }


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one (not on Windows): a tenth less time a turn, and steadier."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _leaves(group: BaseExceptionGroup[StartupError]) -> list[StartupError]:
    found: list[StartupError] = []
    for fault in group.exceptions:
        found += _leaves(fault) if isinstance(fault, BaseExceptionGroup) else [fault]
    return found
