"""New content while the assistant runs: whole or not at all."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.events import ConversationRef
from bot.reloading import Reloader
from bot.store import Database
from bot.translating import translator
from knowledge.answering import Query
from knowledge.index_process import build_in_child
from knowledge.library import Library
from knowledge.loader import load
from knowledge.search.fuzzy import FuzzySearch
from tests.clock import ManualClock
from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write

DESK = ConversationRef(platform="telegram", chat_id="-1", is_private=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with two articles."""
    root = tmp_path / "kb"
    (root / "articles" / "en").mkdir(parents=True)
    (root / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (root / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    for key in ("lead", "zinc"):
        write(root, key, GOOD.format(id=key))
    return root


def reloader(folder: Path, database: Database, clock: ManualClock) -> tuple[Library, Reloader]:
    library = Library(load(folder), FuzzySearch.build)
    watcher = Reloader(
        library=library,
        folder=folder,
        cache=None,
        database=database,
        clock=clock,
        desks=[DESK],
        translate=translator("en"),
    )
    return library, watcher


async def test_a_new_article_is_served_after_the_next_look(
    folder: Path, database: Database, clock: ManualClock
) -> None:
    library, watcher = reloader(folder, database, clock)
    assert await watcher.look() is False
    write(folder, "nickel", GOOD.format(id="nickel"))
    assert library.article("nickel") is None
    assert await watcher.look() is True
    assert library.decide(Query(text="question about nickel?")).article == "nickel"
    assert await watcher.look() is False


async def test_a_broken_file_keeps_the_last_good_version_and_the_desk_hears_once(
    folder: Path, database: Database, clock: ManualClock
) -> None:
    library, watcher = reloader(folder, database, clock)
    write(folder, "lead", "broken")
    await watcher.look()
    await watcher.look()
    assert library.article("lead") is not None
    assert library.decide(Query(text="question about lead?")).article == "lead"
    async with database.connect() as connection:
        rows = (await connection.execute(text("SELECT chat_id, payload FROM delivery"))).all()
    assert [row[0] for row in rows] == ["-1"]
    assert "en/lead.md:1" in json.loads(rows[0][1])["text"]


async def test_a_folder_that_is_emptied_is_not_served(
    folder: Path, database: Database, clock: ManualClock
) -> None:
    library, watcher = reloader(folder, database, clock)
    for path in (folder / "articles" / "en").iterdir():
        path.unlink()
    assert await watcher.look() is False
    assert library.article("lead") is not None


async def test_it_looks_again_and_again_until_it_is_stopped(
    folder: Path, database: Database, clock: ManualClock
) -> None:
    library, watcher = reloader(folder, database, clock)
    stop = asyncio.Event()
    running = asyncio.create_task(watcher.run(stop))
    write(folder, "nickel", GOOD.format(id="nickel"))
    while library.article("nickel") is None:
        clock.advance(5)
        await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_the_index_is_built_in_a_child_before_it_is_read(
    folder: Path, database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    library = Library(load(folder), FuzzySearch.build)
    watcher = Reloader(
        library=library,
        folder=folder,
        cache=cache,
        database=database,
        clock=clock,
        desks=[],
        translate=translator("en"),
        index=build_in_child,
    )
    write(folder, "nickel", GOOD.format(id="nickel"))
    assert await watcher.look() is True
    assert list(cache.glob("search-en-*.index"))
    assert library.article("nickel") is not None
