"""Chats to send to, written by the database itself."""

from __future__ import annotations

from sqlalchemy import text

from bot.store import Database

SEED_SQLITE = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :n)
INSERT INTO chat (platform, chat_id, kind, status, language, is_desk, updated_at)
SELECT :platform, CAST(100000000 + i * 7 AS TEXT), :kind, 'active', 'en', 0,
       '2026-01-01 00:00:00.000000' FROM n
"""
SEED_POSTGRES = """
INSERT INTO chat (platform, chat_id, kind, status, language, is_desk, updated_at)
SELECT :platform, CAST(100000000 + i * 7 AS TEXT), :kind, 'active', 'en', false, now()
FROM generate_series(1, :n) AS i
"""


async def seed(database: Database, platform: str, count: int) -> None:
    """That many reachable chats: private ones, but on Discord, where no DMs are sent, channels."""
    kind = "channel" if platform == "discord" else "private"
    async with database.connect() as connection:
        statement = SEED_SQLITE if database.is_sqlite else SEED_POSTGRES
        await connection.execute(text(statement), {"platform": platform, "n": count, "kind": kind})
    async with database.connect() as connection:
        await connection.execute(text("ANALYZE chat"))
