"""Runs migrations on the connection that ``bot.store.migrating`` hands over."""

from alembic import context
from sqlalchemy import Connection

from bot.store.schema import metadata


def run() -> None:
    """Upgrade inside the caller's transaction."""
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("Run `insop db upgrade`: it knows the database from the settings.")
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    context.run_migrations()


run()
