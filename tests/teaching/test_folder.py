"""The folder of own articles when it cannot be written, and what stands in it already."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.chat.actions import Action
from bot.delivery.own_articles import POLL, OwnArticles
from bot.store.schema_teaching import article_draft
from knowledge.library import Library
from tests.clock import ManualClock
from tests.stage import Persona, Stage
from tests.teaching.test_articles import (
    answered_question,
    drafted,
    folders,
    library,
    people,
    publishing,
    stage,
)
from tests.waiting import until

__all__ = ["folders", "library", "people", "publishing", "stage"]


@pytest.fixture
async def published(stage: Stage, people: tuple[Persona, Persona]) -> None:
    """An article that two people made, not written to the folder yet."""
    author, reader = people
    await answered_question(stage)
    await drafted(stage, author)
    await author.presses("To review")
    await reader.presses_action(Action("teach", "publish", "1"))


async def looks(clock: ManualClock, is_so: Callable[[], bool]) -> None:
    """Let it look again and again until something is to be seen."""

    def has_looked() -> bool:
        clock.advance(POLL)
        return is_so()

    await until(has_looked)


@pytest.mark.usefixtures("published")
async def test_a_folder_that_cannot_be_written_is_tried_again(
    publishing: OwnArticles,
    folders: tuple[Path, Path],
    clock: ManualClock,
    logs: list[dict[str, object]],
) -> None:
    own = folders[1]
    own.rmdir()
    own.write_text("a file stands in the way")
    stop = asyncio.Event()
    task = asyncio.create_task(publishing.run(stop))
    await looks(clock, lambda: any(each["event"] == "publishing.delayed" for each in logs))
    own.unlink()
    path = own / "articles" / "en" / "biochar-cadmium.md"
    await looks(clock, path.exists)
    stop.set()
    await asyncio.wait_for(task, 10)
    assert 'title = "Biochar and cadmium"' in path.read_text(encoding="utf-8")
    assert list(own.rglob(".*.new")) == []


@pytest.mark.usefixtures("published")
async def test_sources_are_added_to_those_that_stand_there_and_only_once(
    stage: Stage, publishing: OwnArticles, folders: tuple[Path, Path], library: Library
) -> None:
    own = folders[1]
    kept = '[[source]]\nid = "mine"\ntitle = "t"\norganisation = "o"\nyear = "2020"\n'
    (own / "sources.toml").write_text(kept, encoding="utf-8")
    await publishing.step()
    first = (own / "sources.toml").read_text(encoding="utf-8")
    assert first.startswith(kept)
    ids = [each["id"] for each in tomllib.loads(first)["source"]]
    assert len(ids) == len(set(ids)) >= 2
    # The authors take the article away; it is written again, its sources are there already.
    (own / "articles" / "en" / "biochar-cadmium.md").unlink()
    await publishing.step()
    assert (own / "sources.toml").read_text(encoding="utf-8") == first
    assert (own / "articles" / "en" / "biochar-cadmium.md").exists()


@pytest.mark.usefixtures("published")
async def test_what_somebody_wrote_by_that_name_is_left_as_it_is(
    stage: Stage, publishing: OwnArticles, folders: tuple[Path, Path]
) -> None:
    path = folders[1] / "articles" / "en" / "biochar-cadmium.md"
    path.parent.mkdir(parents=True)
    path.write_text("by hand", encoding="utf-8")
    assert await publishing.step() == 0
    assert path.read_text(encoding="utf-8") == "by hand"
    async with stage.database.connect() as connection:
        await connection.execute(update(article_draft).values(state="dropped"))
    path.unlink()
    await publishing.step()
    assert not path.exists(), "what was dropped is not published"
