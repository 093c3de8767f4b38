"""From an answer to an article: no personal data, two people, one message to each who asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.chat.actions import Action
from bot.chat.forms import Form
from bot.chat.turn import Role
from bot.delivery.own_articles import OwnArticles
from bot.reloading import Reloader
from bot.store import Database
from bot.store.schema import delivery, question
from bot.store.schema_desk import question_message
from bot.store.schema_teaching import article_draft
from bot.translating import translator
from knowledge.library import Library
from knowledge.loader import load
from knowledge.search.fuzzy import FuzzySearch
from tests.clock import ManualClock
from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write
from tests.membership.journeys import modal, settings_with
from tests.stage import Persona, Stage


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """What came along, and the empty folder of own articles."""
    root, own = tmp_path / "kb", tmp_path / "own"
    (root / "articles" / "en").mkdir(parents=True)
    own.mkdir()
    (root / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (root / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    write(root, "lead", GOOD.format(id="lead"))
    return root, own


@pytest.fixture
def library(folders: tuple[Path, Path]) -> Library:
    return Library(load(folders[0], own=folders[1]), FuzzySearch.build)


@pytest.fixture
def stage(
    database: Database, clock: ManualClock, library: Library, folders: tuple[Path, Path]
) -> Stage:
    settings = settings_with(own_articles_dir=str(folders[1]))
    return Stage(database, clock, library, settings)


@pytest.fixture
def publishing(stage: Stage, library: Library, folders: tuple[Path, Path]) -> OwnArticles:
    return OwnArticles(
        database=stage.database, clock=stage.clock, library=library, folder=folders[1]
    )


def reloader(stage: Stage, library: Library, folders: tuple[Path, Path]) -> Reloader:
    return Reloader(
        library=library,
        folder=folders[0],
        own=folders[1],
        cache=None,
        database=stage.database,
        clock=stage.clock,
        desks=[],
        translate=translator("en"),
    )


async def answered_question(stage: Stage) -> Persona:
    """Zubaida asked about biochar and Chief answered; the question is closed."""
    zubi = stage.persona("Zubaida")
    await zubi.says("/start")
    async with stage.database.begin() as store:
        number = await store.questions.open(
            person_id=1,
            where=zubi.where,
            text="I am Zubaida from Quartzfield: does biochar bind cadmium? Call 0712-345678",
            language="en",
            topic="remediation",
            now=stage.clock.now(),
        )
    now = stage.clock.now()
    async with stage.database.connect() as connection:
        await connection.execute(
            insert(question_message).values(
                question_id=number,
                kind="contact",
                author="Natalia Petrova",
                text="Dear Zubaida, biochar binds cadmium for some years. Natalia",
                files="[]",
                version=1,
                created_at=now,
            )
        )
        await connection.execute(
            update(question).values(state="closed", answered_at=now, wants_article=True)
        )
    return zubi


FIELDS = {
    "topic": "remediation",
    "short": "Biochar binds cadmium for some years.",
    "questions": "does biochar bind cadmium\nbiochar against cadmium",
    "sources": "S1\nFAO; Biochar in soils; 2021; https://example.org/biochar",
}


async def drafted(stage: Stage, author: Persona, **changes: str) -> None:
    values = {"title@1": "Biochar and cadmium", **FIELDS, **changes}
    await author.does(modal(author, "teach.article", **values))


@pytest.fixture
def people(stage: Stage) -> tuple[Persona, Persona]:
    return (
        stage.persona("Author", platform="discord", role=Role.SECRETARIAT),
        stage.persona("Reader", role=Role.SECRETARIAT),
    )


async def test_the_form_begins_with_words_that_name_nobody(
    stage: Stage, people: tuple[Persona, Persona]
) -> None:
    author, _ = people
    await answered_question(stage)
    await author.says("/teach")
    await author.presses("Article from question 1")
    (form,) = author.last
    assert isinstance(form, Form)
    whole = " ".join(field.value for field in form.fields)
    assert "biochar" in whole
    for word in ("Zubaida", "Quartzfield", "0712", "Natalia"):
        assert word not in whole
    assert "look again" in form.intro


@pytest.mark.parametrize(
    ("values", "words"),
    [({"state": "open"}, "still open"), ({"is_confidential": True}, "kept among a few")],
)
async def test_open_and_confidential_questions_become_no_article(
    stage: Stage, people: tuple[Persona, Persona], values: dict[str, object], words: str
) -> None:
    author, _ = people
    await answered_question(stage)
    async with stage.database.connect() as connection:
        await connection.execute(update(question).values(**values))
    await author.presses_action(Action("teach", "make", "1"))
    author.sees(words)
    await author.says("/teach")
    assert not [button for button in author.buttons if "Article from" in button.label]


async def test_two_people_make_an_article_that_is_served_and_told_once(
    stage: Stage,
    people: tuple[Persona, Persona],
    publishing: OwnArticles,
    library: Library,
    folders: tuple[Path, Path],
) -> None:
    author, reader = people
    zubi = await answered_question(stage)
    await drafted(stage, author)
    author.sees("Biochar and cadmium", "could anybody recognise", "To review")
    await author.presses("To review")
    await author.presses_action(Action("teach", "draft", "1"))
    author.sees("waits for a second person")
    await author.presses_action(Action("teach", "publish", "1"))
    author.sees("Somebody else has to")
    await reader.presses_action(Action("teach", "draft", "1"))
    publish = reader.button("Publish").action
    await reader.presses("Publish")
    reader.sees("Published: biochar-cadmium", "Translations are missing")
    await reader.presses_action(publish)
    reader.sees("no longer works")

    assert await publishing.step() == 0
    path = folders[1] / "articles" / "en" / "biochar-cadmium.md"
    assert 'title = "Biochar and cadmium"' in path.read_text(encoding="utf-8")
    watcher = reloader(stage, library, folders)
    watcher._seen = ""
    assert await watcher.look() is True
    article = library.article("biochar-cadmium")
    assert article is not None
    assert [source.organisation for source in library.sources(article)][1] == "FAO"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    for expected in (1, 0):
        assert await publishing.step() == expected
    assert path.read_text(encoding="utf-8").endswith("More.\n")
    async with stage.database.connect() as connection:
        rows = (await connection.execute(select(delivery))).all()
    assert [row.chat_id for row in rows] == [zubi.where.chat_id]
    assert "We published the answer you asked for" in rows[0].payload
    await zubi.presses_action(Action("show", "biochar-cadmium"))
    zubi.sees("Biochar binds cadmium")


async def test_those_who_asked_the_same_hear_and_others_do_not(
    stage: Stage,
    people: tuple[Persona, Persona],
    publishing: OwnArticles,
    library: Library,
    folders: tuple[Path, Path],
) -> None:
    author, reader = people
    await answered_question(stage)
    async with stage.database.begin() as store:
        for name, text, wants in (
            ("same", "does biochar bind cadmium", True),
            ("silent", "does biochar bind cadmium", False),
            ("other", "brass bands of quokkas", True),
            ("merged", "my question again", True),
        ):
            persona = stage.persona(name)
            member = await store.people.recognise(persona.author, stage.clock.now())
            number = await store.questions.open(
                person_id=member.id,
                where=persona.where,
                text=text,
                language="en",
                now=stage.clock.now(),
            )
            await store.questions.change(number, stage.clock.now(), wants_article=wants)
            if name == "merged":
                await store.questions.change(number, stage.clock.now(), merged_into=1)
    await drafted(stage, author)
    await author.presses("To review")
    await reader.presses_action(Action("teach", "publish", "1"))
    await publishing.step()
    watcher = reloader(stage, library, folders)
    watcher._seen = ""
    await watcher.look()
    await publishing.step()
    async with stage.database.connect() as connection:
        told = set(await connection.scalars(select(delivery.c.chat_id)))
    assert told == {"telegram-Zubaida", "telegram-same", "telegram-merged"}


async def test_faults_keep_a_draft_from_review(
    stage: Stage, people: tuple[Persona, Persona]
) -> None:
    author, _ = people
    await answered_question(stage)
    await drafted(stage, author, sources="", title='Biochar "and" \\ cadmium')
    author.sees("Still to mend", "sources")
    assert not [button for button in author.buttons if "review" in button.label]
    await author.presses_action(Action("teach", "review", "1"))
    author.sees("Still to mend")
    await author.presses("Change")
    (form,) = author.last
    assert isinstance(form, Form)
    assert form.fields[2].value == FIELDS["short"]
    await drafted(stage, author)
    author.sees("To review")
    async with stage.database.connect() as connection:
        assert len((await connection.execute(select(article_draft))).all()) == 1


async def test_a_draft_goes_back_and_is_dropped(
    stage: Stage, people: tuple[Persona, Persona]
) -> None:
    author, reader = people
    await answered_question(stage)
    await drafted(stage, author)
    await author.presses("To review")
    await reader.presses_action(Action("teach", "draft", "1"))
    await reader.presses("Give back")
    await author.presses_action(Action("teach", "draft", "1"))
    await author.presses("Drop")
    await author.presses_action(Action("teach", "draft", "1"))
    author.sees("This draft is gone")


async def test_a_draft_that_is_not_published_goes_with_its_asker(
    stage: Stage, people: tuple[Persona, Persona]
) -> None:
    zubi = await answered_question(stage)
    await drafted(stage, people[0])
    await zubi.says("/forget")
    await zubi.presses("Yes, erase")
    async with stage.database.connect() as connection:
        assert (await connection.execute(select(article_draft))).all() == []


def test_an_own_article_never_hides_one_that_came_along(folders: tuple[Path, Path]) -> None:
    root, own = folders
    (own / "articles" / "en").mkdir(parents=True)
    write(own, "lead", GOOD.format(id="lead").replace("lead", "lead", 1))
    write(own, "zinc", GOOD.format(id="zinc"))
    found = load(root, own=own)
    assert set(found.articles) == {"lead", "zinc"}
    assert [problem.message for problem in found.problems] == ["an article of this id came along"]
