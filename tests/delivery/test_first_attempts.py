"""The column that keeps the age of a doubt, added to a database in use."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from bot.store.migrating import _script_folder
from tests.delivery.world import World, private


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_script_folder()))
    config.attributes["connection"] = connection
    move = command.downgrade if revision == "0009" else command.upgrade
    move(config, revision)


async def test_what_was_being_sent_before_the_change_has_an_age(world: World) -> None:
    await world.relay("a:1", private("ana"))
    await world.relay("a:2", private("ben"))
    async with world.database.connect() as connection:
        await connection.run_sync(_migrate, "0009")
    await world.sql("UPDATE delivery SET state = 'sending' WHERE source = 'a:1'")
    async with world.database.connect() as connection:
        await connection.run_sync(_migrate, "0010")
        await connection.run_sync(_migrate, "head")
    was_sending, was_ready = await world.rows()
    assert was_sending.tried_at == was_sending.updated_at
    assert was_ready.tried_at is None
