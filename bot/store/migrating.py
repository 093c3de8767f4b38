"""Bringing a database to the tables of this release.

Alembic is imported only when there is something to do: it costs a fifth of a second.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from bot.store.database import HEAD, Database, DatabaseError
from bot.store.ownership import hand_over

_LOCK: Final = 0x1250
"""PostgreSQL advisory lock, so that two processes do not migrate at once."""


async def upgrade(database: Database) -> bool:
    """Run what is missing, in one transaction; False where nothing was.

    Raises ``DatabaseError`` where the database is newer than this release.
    """
    current = await database.revision()
    if current == HEAD:
        return False
    if current is not None and current > HEAD:
        raise DatabaseError(
            f"The database at {database.place} is at migration {current}, newer than this "
            f"release ({HEAD}). Start the newer release, or restore a backup."
        )
    async with database.connect() as connection:
        if not database.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(_upgrade)
    if database.is_sqlite and database.url.database:
        hand_over(Path(database.url.database))
    return True


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_script_folder()))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _script_folder() -> Path:
    import migrations

    return Path(migrations.__file__).parent
