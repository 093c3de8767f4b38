"""``insop db backup|restore|copy``; the options are in ``copies_options``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.store.backups import prune, restore_backup, verify, write_backup
from bot.store.copying import CopyError, compare_all, copy_all, opened
from bot.store.database import Database, DatabaseError, async_url
from bot.store.migrating import upgrade


def run_backup(options: argparse.Namespace, settings: Settings) -> int:
    """Copy the database into one file; 2 where no folder is named."""
    folder = options.folder or settings.backup.folder
    if folder is None:
        print("Say where to: insop db backup FOLDER, or set [backup] folder.", file=sys.stderr)
        return 2
    try:
        path = write_backup(_url(settings), Path(folder), datetime.now(UTC))
        rows = verify(path)
        if options.folder is None:
            prune(Path(folder), settings.backup.keep)
    except (CopyError, DatabaseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: {rows} rows, checked.")
    return 0


def run_restore(options: argparse.Namespace, settings: Settings) -> int:
    """Put a backup in place."""
    url = _url(settings)
    try:
        if url.get_backend_name() != "sqlite":
            asyncio.run(_upgrade(url))
        aside = restore_backup(options.file, url, datetime.now(UTC), replaces=options.replace)
    except (CopyError, DatabaseError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        print(f"The restore failed, nothing was changed: {type(error).__name__}", file=sys.stderr)
        return 1
    if aside is not None:
        print(f"What was there is now {aside}.")
    print(f"{options.file} is in place. Start the assistant with: insop run")
    return 0


def run_copy(options: argparse.Namespace, settings: Settings) -> int:
    """Copy every row into an empty database, and compare."""
    try:
        source, target = async_url(options.source), async_url(options.target)
        if source == target:
            raise CopyError("FROM and TO are the same database.")
        for url in (source, target):
            asyncio.run(_upgrade(url))
        with opened(source) as old, opened(target) as new:
            counts = copy_all(old, new)
            compare_all(old, new)
    except (CopyError, DatabaseError) as error:
        print(error, file=sys.stderr)
        return 1
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        print(f"The copy failed, the target is as it was: {reason}", file=sys.stderr)
        return 1
    rows = sum(counts.values())
    print(f"{rows} rows in {len(counts)} tables copied and compared, row by row.")
    return 0


def _url(settings: Settings) -> URL:
    return async_url(settings.database.url.get_secret_value())


async def _upgrade(url: URL) -> None:
    async with Database(url.render_as_string(hide_password=False)) as database:
        await upgrade(database)
