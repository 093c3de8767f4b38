"""``insop db upgrade|status``."""

from __future__ import annotations

import asyncio
import sys

from bot.config import Settings
from bot.store.database import HEAD, Database, DatabaseError
from bot.store.migrating import upgrade


def upgrade_tables(settings: Settings) -> int:
    """Bring the tables to this release."""
    return _guard(_upgrade(settings))


def print_status(settings: Settings) -> int:
    """Say at which migration the tables are; 1 where they are not at this release's."""
    return _guard(_status(settings))


async def _upgrade(settings: Settings) -> int:
    async with Database(settings.database.url.get_secret_value()) as database:
        has_changed = await upgrade(database)
        word = "upgraded to" if has_changed else "already at"
        print(f"{database.place}: {word} migration {HEAD}.")
    return 0


async def _status(settings: Settings) -> int:
    async with Database(settings.database.url.get_secret_value()) as database:
        current = await database.revision()
        if current == HEAD:
            print(f"{database.place}: at migration {HEAD}, as this release needs.")
            return 0
        found = "empty" if current is None else f"at migration {current}"
        print(f"{database.place}: {found}; this release needs {HEAD}. Run: insop db upgrade")
    return 1


def _guard(work: object) -> int:
    try:
        return asyncio.run(work)  # type: ignore[arg-type]  # both callers pass a coroutine of int
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
