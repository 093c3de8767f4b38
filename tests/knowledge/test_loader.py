"""Reading articles: whatever can serve serves, and every fault is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.answering import Query
from knowledge.front_matter import BrokenFile, parse
from knowledge.guidelines import Guidelines
from knowledge.library import Library
from knowledge.loader import digest_of, load
from knowledge.model import LANGUAGES, TOPICS
from knowledge.search.fuzzy import FuzzySearch

GOOD = '''+++
id = "{id}"
title = "Title of {id}"
topic = "basics"
audience = ["farmer"]
questions = ["question about {id}?"]
short = """
A short answer."""
sources = ["S1"]
related = []
last_review = 2026-04-22
urgent = false
+++

Body.
'''
SOURCES = """
[[source]]
id = "S1"
title = "t"
organisation = "o"
year = "2020"
url = "https://a.example"
checked = 2026-04-22
"""
CONTACTS = """
[[contact]]
id = "c"
name = "n"
email = "n@example.org"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A knowledge folder with two good articles."""
    (tmp_path / "articles" / "en").mkdir(parents=True)
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    for key in ("lead", "zinc"):
        write(tmp_path, key, GOOD.format(id=key))
    return tmp_path


def write(folder: Path, key: str, content: str, language: str = "en") -> None:
    path = folder / "articles" / language / f"{key}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


BROKEN = {
    "no fence": ("title = 1\n", 1, "must begin with a line +++"),
    "open fence": ("+++\nid = 'x'\n", 1, "no closing line"),
    "bad toml": ("+++\nid = 'x'\ntitle = oops\n+++\n", 3, "not valid TOML"),
    "wrong name": (GOOD.format(id="other"), 2, "the file is named"),
    "unknown field": (GOOD.format(id="x").replace("related", "relatde"), 10, "is not a field"),
    "bad topic": (GOOD.format(id="x").replace('"basics"', '"bascis"'), 4, "is not one of"),
    "no question": (
        GOOD.format(id="x").replace('["question about x?"]', "[]"),
        6,
        "at least 1 texts",
    ),
    "long short": (GOOD.format(id="x").replace("A short", "A " + "s" * 700), 7, "at most 600"),
    "bad date": (GOOD.format(id="x").replace("2026-04-22", '"today"'), 11, "must be a date"),
    "not a list": (GOOD.format(id="x").replace('["S1"]', '"S1"'), 9, "must be a list"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_named_with_its_line_and_the_others_serve(folder: Path, name: str) -> None:
    content, line, message = BROKEN[name]
    write(folder, "x", content)
    collection = load(folder)
    assert set(collection.articles) == {"lead", "zinc"}
    problem = collection.problems[0]
    assert (problem.path, problem.line) == ("en/x.md", line)
    assert message in problem.message
    library = Library(collection, FuzzySearch.build)
    assert library.decide(Query(text="question about lead?")).article == "lead"


def test_bytes_that_are_not_text_are_named(folder: Path) -> None:
    (folder / "articles" / "en" / "x.md").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in str(load(folder).problems[0])


def test_dangling_sources_and_relations_are_named_and_still_serve(folder: Path) -> None:
    write(
        folder,
        "x",
        GOOD.format(id="x").replace('"S1"', '"S9"').replace("related = []", 'related = ["gone"]'),
    )
    collection = load(folder)
    assert "x" in collection.articles
    assert {problem.message for problem in collection.problems} == {
        "sources: 'S9' is not in sources.toml",
        "related: there is no article 'gone'",
    }


def test_a_reload_keeps_the_last_good_version_of_a_broken_file(folder: Path) -> None:
    first = load(folder)
    write(folder, "lead", "broken")
    (folder / "articles" / "en" / "zinc.md").unlink()
    second = load(folder, first)
    assert second.articles["lead"] == first.articles["lead"]
    assert "zinc" not in second.articles
    assert second.revision == first.revision + 1
    assert second.digest != first.digest


def test_a_broken_translation_keeps_the_last_good_one(folder: Path) -> None:
    french = (
        '+++\nid = "lead"\ntitle = "Plomb"\nquestions = ["plomb"]\nshort = "Court."\n'
        'translator = "t"\nreviewed = false\nsource_digest = "0"\n+++\n'
    )
    write(folder, "lead", french, "fr")
    first = load(folder)
    assert first.articles["lead"].text("fr").title == "Plomb"
    assert not first.articles["lead"].text("fr").is_reviewed
    write(folder, "lead", "broken", "fr")
    assert load(folder, first).articles["lead"].text("fr").title == "Plomb"
    assert load(folder).articles["lead"].text("fr").title == "Title of lead"


def test_the_digest_follows_the_english_text_only(folder: Path) -> None:
    path = folder / "articles" / "en" / "lead.md"
    before = parse(path.read_text(encoding="utf-8"), path, "en")
    write(folder, "lead", GOOD.format(id="lead").replace("2026-04-22", "2026-04-23"))
    reviewed = parse(path.read_text(encoding="utf-8"), path, "en")
    write(folder, "lead", GOOD.format(id="lead").replace("Body.", "Body!"))
    changed = parse(path.read_text(encoding="utf-8"), path, "en")
    assert digest_of(before.text) == digest_of(reviewed.text) != digest_of(changed.text)


def test_a_missing_folder_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    collection = load(tmp_path)
    assert collection.articles == {}
    assert len(collection.problems) == 2
    library = Library(collection, FuzzySearch.build)
    assert library.decide(Query(text="lead?")).decision == "rephrase"


def test_broken_file_holds_all_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "en" / "x.md"
    with pytest.raises(BrokenFile) as caught:
        parse('+++\nid = "x"\n+++\n', path, "en")
    assert len(caught.value.problems) >= 6


def test_the_articles_that_come_along_are_whole() -> None:
    collection = load()
    assert [str(problem) for problem in collection.problems] == []
    assert len(collection.articles) >= 130
    topics = {article.topic for article in collection.articles.values()}
    assert topics == set(TOPICS)
    insop = [each for each in collection.articles.values() if each.topic == "insop"]
    assert len(insop) >= 12
    cited = {key for article in collection.articles.values() for key in article.sources}
    cited |= {key for value in Guidelines.load().values for key in value.sources}
    assert cited == set(collection.sources), "sources.toml lists only what is cited"
    assert {text.language for each in collection.articles.values() for text in each.texts.values()}
    assert all(set(each.texts) <= set(LANGUAGES) for each in collection.articles.values())


def test_no_example_question_stands_in_two_articles() -> None:
    seen: dict[tuple[str, str], str] = {}
    doubles = []
    for article in load().articles.values():
        for text in article.texts.values():
            for question in text.questions:
                key = (text.language, question.casefold().strip(" ?？؟"))
                if seen.setdefault(key, article.id) != article.id:
                    doubles.append((question, article.id, seen[key]))
    assert doubles == []


def test_the_default_contacts_are_those_of_the_launch_page() -> None:
    emails = {contact.email for contact in load().contacts}
    assert emails == {"Natalia.RodriguezEugenio@fao.org", "Sergejus.Ustinov@fao.org"}


def test_what_was_parsed_before_is_kept_until_the_file_changes(
    folder: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = load(folder, cache=cache)
    assert load(folder, cache=cache) == first
    stored = cache / "articles.json"
    assert "Title of lead" in stored.read_text(encoding="utf-8")
    stored.write_text(
        stored.read_text(encoding="utf-8").replace("Title of lead", "From the cache"),
        encoding="utf-8",
    )
    assert load(folder, cache=cache).articles["lead"].text("en").title == "From the cache"
    write(folder, "lead", GOOD.format(id="lead").replace("Title of", "New title of"))
    assert load(folder, cache=cache).articles["lead"].text("en").title == "New title of lead"
    stored.write_text("{damaged", encoding="utf-8")
    assert load(folder, cache=cache).articles.keys() == first.articles.keys()
