"""The official questions in six languages, emergencies, and questions that are not answered here.

Every question is in words that stand among no article's examples; `questions.toml` holds the
English ones as they were asked, `questions-translated.toml` the others.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from bot.config import Settings
from knowledge.answering import Outcome, Query
from knowledge.loader import load
from knowledge.model import LANGUAGES, Collection
from knowledge.search.engine import Engine, examples_of
from knowledge.search.normalise import words

FACTS: Final = Path(__file__).resolve().parents[3] / "shared" / "facts" / "questions.md"
RIGHT_FIRST: Final = 0.95
ANSWERED_WRONGLY: Final = 0.02
OFFICIAL: Final = 164
AT_LEAST: Final = {"questions": 40, "urgent": 8, "elsewhere": 12}


@dataclass(frozen=True, slots=True)
class Question:
    """``asks`` is the official question that ``text`` puts into other words."""

    language: str
    text: str
    asks: str
    articles: tuple[str, ...]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


def _question(entry: dict[str, Any]) -> Question:
    named = entry["article"]
    return Question(
        language=entry.get("language", "en"),
        text=entry["text"],
        asks=entry.get("asks", entry["text"]),
        articles=(named,) if isinstance(named, str) else tuple(named),
    )


ENGLISH: Final = [_question(entry) for entry in _read("questions.toml")["question"]]
_OTHERS: Final = _read("questions-translated.toml")
QUESTIONS: Final = [*ENGLISH, *(_question(entry) for entry in _OTHERS["question"])]
URGENT: Final[dict[str, list[str]]] = _OTHERS["urgent"]
ELSEWHERE: Final[dict[str, list[str]]] = _OTHERS["elsewhere"]


def _of(language: str) -> list[Question]:
    return [question for question in QUESTIONS if question.language == language]


@pytest.fixture(scope="module")
def collection() -> Collection:
    return load(cache=Settings().answering.cache_folder)


@pytest.fixture(scope="module")
def engine(collection: Collection) -> Engine:
    return Engine.build(collection, Settings().answering.cache_folder)


@pytest.fixture(scope="module")
def outcomes(engine: Engine) -> dict[str, Outcome]:
    return {question.text: engine.decide(Query(text=question.text)) for question in QUESTIONS}


def _is_right(question: Question, outcome: Outcome, collection: Collection) -> bool:
    """The article comes first; or the emergency text, where the article is on an emergency."""
    if outcome.decision == "urgent":
        return all(collection.articles[name].is_urgent for name in question.articles)
    return bool(outcome.candidates) and outcome.candidates[0].article in question.articles


def _told(question: Question, outcome: Outcome) -> str:
    first = [f"{one.article} {one.score:.2f}" for one in outcome.candidates[:3]]
    wanted = " or ".join(question.articles)
    return f"{question.text} → {outcome.decision} {', '.join(first)}; wanted {wanted}"


def test_the_official_questions_stand_word_for_word() -> None:
    if not FACTS.is_file():
        pytest.skip("the facts folder is not beside this repository")
    rows = re.findall(r"^\| (\d+) \| (.+?) \|", FACTS.read_text(encoding="utf-8"), re.MULTILINE)
    assert [text for _, text in rows] == [question.text for question in ENGLISH]


def test_the_official_questions_are_all_there() -> None:
    assert len({question.text for question in ENGLISH}) == len(ENGLISH) == OFFICIAL


def test_a_translated_question_wants_what_the_official_one_wants() -> None:
    official = {question.text: question.articles for question in ENGLISH}
    assert [q.text for q in QUESTIONS if official.get(q.asks) != q.articles] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough(language: str) -> None:
    asked = _of(language)
    assert len({question.asks for question in asked}) == len(asked) >= AT_LEAST["questions"]
    assert len(URGENT[language]) >= AT_LEAST["urgent"]
    assert len(ELSEWHERE[language]) >= AT_LEAST["elsewhere"]


def test_every_named_article_exists(collection: Collection) -> None:
    named = {name for question in QUESTIONS for name in question.articles}
    assert sorted(named - set(collection.articles)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_among_the_examples(collection: Collection, language: str) -> None:
    texts = examples_of(collection, language).values()
    examples = {tuple(words(example)) for some in texts for example in some}
    asked = [question.text for question in _of(language)]
    asked += [*URGENT[language], *ELSEWHERE[language]]
    assert [text for text in asked if tuple(words(text)) in examples] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_right_article_comes_first(
    collection: Collection, outcomes: dict[str, Outcome], language: str
) -> None:
    asked = _of(language)
    missed = [q for q in asked if not _is_right(q, outcomes[q.text], collection)]
    told = "\n".join(_told(question, outcomes[question.text]) for question in missed)
    assert 1 - len(missed) / len(asked) >= RIGHT_FIRST, told


@pytest.mark.parametrize("language", LANGUAGES)
def test_hardly_any_question_is_answered_wrongly(
    collection: Collection, outcomes: dict[str, Outcome], language: str
) -> None:
    asked = _of(language)
    wrong = [
        _told(question, outcomes[question.text])
        for question in asked
        if outcomes[question.text].decision == "answer"
        and not _is_right(question, outcomes[question.text], collection)
    ]
    assert len(wrong) / len(asked) <= ANSWERED_WRONGLY, "\n".join(wrong)


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language in LANGUAGES for text in URGENT[language]]
)
def test_an_emergency_is_answered_as_one(engine: Engine, language: str, text: str) -> None:
    outcome = engine.decide(Query(text=text))
    assert (outcome.decision, outcome.language) == ("urgent", language)


@pytest.mark.parametrize(
    ("language", "text"),
    [(language, text) for language in LANGUAGES for text in ELSEWHERE[language]],
)
def test_what_is_not_ours_is_not_answered(engine: Engine, language: str, text: str) -> None:
    assert engine.decide(Query(text=text)).decision not in {"answer", "urgent"}
