"""What incoming mail leaves in the database, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.chat.events import Author, ConversationRef
from bot.store import Database
from bot.store.mail import KeptFile
from tests.databases import on_both

pytestmark = on_both

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHERE = ConversationRef(platform="telegram", chat_id="7")
FILE = KeptFile(name="map.pdf", media_type="application/pdf", data=b"\x00%PDF\xff")


async def _question(database: Database) -> tuple[int, int]:
    async with database.begin() as store:
        ana = Author(platform="telegram", id="7", name="Ana")
        person = (await store.people.recognise(ana, NOW)).id
        number = await store.questions.open(
            person_id=person, where=WHERE, text="How deep?", language="en", now=NOW
        )
    return person, number


async def test_the_position_moves_on(database: Database) -> None:
    async with database.begin() as store:
        assert await store.mail.position("desk") is None
        await store.mail.advance("desk", 4_000_000_000, 7, NOW)
        await store.mail.advance("desk", 4_000_000_000, 8, NOW)
        await store.mail.advance("other", 1, 1, NOW)
    async with database.begin() as store:
        assert await store.mail.position("desk") == (4_000_000_000, 8)


async def test_a_file_is_kept_once_and_found_by_its_handle(database: Database) -> None:
    _, number = await _question(database)
    async with database.begin() as store:
        (handle,) = await store.mail.keep("d" * 32, number, [FILE], NOW)
        assert await store.mail.keep("d" * 32, number, [FILE], NOW) == [handle]
    async with database.begin() as store:
        assert await store.mail.file(handle) == FILE
        for other in ("", "d" * 32, f"{'d' * 32}.1", f"{'d' * 32}.x", f"{'e' * 32}.0"):
            assert await store.mail.file(other) is None


async def test_files_go_with_the_asker(database: Database) -> None:
    person, number = await _question(database)
    async with database.begin() as store:
        (handle,) = await store.mail.keep("d" * 32, number, [FILE], NOW)
        await store.eraser.forget(person, NOW)
    async with database.begin() as store:
        assert await store.mail.file(handle) is None
