"""``insop chat``: the assistant in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
from typing import TextIO

from bot.adapters.console import ConsoleAdapter
from bot.app import build, build_library, prepare_database, supervise
from bot.chat.cleaning import clean_line
from bot.chat.turn import Role
from bot.commands.event_seeds import seed_events
from bot.config import LimitSettings, Settings
from bot.store.database import DatabaseError
from knowledge.model import LANGUAGES

ROLES = {"member": Role.MEMBER, "secretariat": Role.SECRETARIAT, "admin": Role.ADMIN}


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Talk until the input ends."""
    if options.lang and options.lang not in LANGUAGES:
        print(f"--lang {options.lang}: choose one of {', '.join(LANGUAGES)}.", file=sys.stderr)
        return 2
    if sys.stdin is None or sys.stdout is None:
        print("insop chat needs standard input and output; both must be open.", file=sys.stderr)
        return 2
    name = clean_line(options.name, 64)
    if not name:
        print("--as needs a name.", file=sys.stderr)
        return 2
    try:
        asyncio.run(_talk(name, ROLES[options.role], options.lang, settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    except ExceptionGroup as group:
        for fault in group.exceptions:
            print(f"{type(fault).__name__}: {fault}", file=sys.stderr)
        return 1
    return 0


async def _talk(name: str, role: Role, language: str | None, settings: Settings) -> None:
    from bot.commands.sending import sender_for, upkeep

    database = await prepare_database(settings)
    async with database:
        app = build(
            settings if sys.stdin.isatty() else _unlimited(settings),
            database,
            build_library(settings),
            extra_roles={f"console:{name}": role},
        )
        adapter = ConsoleAdapter(
            clock=app.clock,
            name=name,
            locale=language,
            stdin=_utf8(sys.stdin),
            stdout=_utf8(sys.stdout),
            is_silent_start=not sys.stdin.isatty(),
        )
        await seed_events(database, app.clock)
        is_desk = role >= Role.SECRETARIAT
        async with database.begin() as store:
            await store.chats.set_desk(adapter.where, is_desk, app.clock.now())
        sender, _ = sender_for(app, adapter, token_id=f"console:{name}", only_chat=name)
        await supervise(
            {
                "terminal": lambda stop: adapter.run(app.dispatch, stop),
                "sender": sender.run,
                **upkeep(app),
            }
        )
        if is_desk:
            async with database.begin() as store:
                await store.chats.set_desk(adapter.where, False, app.clock.now())


def _unlimited(settings: Settings) -> Settings:
    """A script types faster than the limits for people allow, and keeps nobody waiting."""
    limits = LimitSettings(messages_per_minute=1_000_000, burst=1_000_000)
    return settings.model_copy(update={"limits": limits})


def _utf8(stream: TextIO) -> TextIO:
    """The stream with odd bytes replaced instead of fatal."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="replace")
    return stream
