"""The first search: six scripts, a cutoff, and no exception on odd text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from knowledge.answering import Query
from knowledge.model import Article, ArticleText, Collection
from knowledge.search.fuzzy import FuzzySearch

QUESTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "soil-sample": {
        "en": ("how do i take a soil sample", "sampling depth in a garden"),
        "ar": ("كيف آخذ عينة من التربة",),
        "ru": ("как взять пробу почвы",),
        "zh": ("如何采集土壤样品",),
    },
    "lead-limits": {
        "en": ("what is the limit for lead in soil", "lead limits"),
        "es": ("límite de plomo en el suelo",),
        "fr": ("limite de plomb dans le sol",),
    },
}


def collection(questions: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Collection:
    articles = {}
    for key, texts in questions.items():
        articles[key] = Article(
            id=key,
            topic="sampling",
            audience=("everyone",),
            sources=("S1",),
            related=(),
            last_review=date(2026, 1, 1),
            is_urgent=False,
            digest="0" * 12,
            texts={
                language: ArticleText(language=language, title=key, questions=asked, short="x")
                for language, asked in texts.items()
            },
        )
    return Collection(articles=articles, sources={}, contacts=())


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("How do I take a soil sample?", "soil-sample"),
        ("كيف اخذ عينة من التربه", "soil-sample"),
        ("как взять пробу почвы?", "soil-sample"),
        ("如何采集土壤样品？", "soil-sample"),
        ("limite de plomo en el suelo", "lead-limits"),
    ],
)
def test_answers_in_every_script(text: str, article: str) -> None:
    outcome = FuzzySearch.build(collection(QUESTIONS)).decide(Query(text=text))
    assert (outcome.decision, outcome.article) == ("answer", article)


@pytest.mark.parametrize(
    "text", ["who won the football match last night", "今天天气怎么样", "какая завтра погода"]
)
def test_never_answers_what_it_does_not_hold(text: str) -> None:
    outcome = FuzzySearch.build(collection(QUESTIONS)).decide(Query(text=text))
    assert outcome.decision == "rephrase"
    assert outcome.article is None


@pytest.mark.parametrize("text", ["", " ", "🙂", "\ud800", "a" * 1_000_000, "\u202e\u200b"])
def test_odd_text_is_no_error(text: str) -> None:
    assert FuzzySearch.build(collection(QUESTIONS)).decide(Query(text=text)).article is None


def test_empty_knowledge_base() -> None:
    assert FuzzySearch.build(collection({})).decide(Query(text="lead")).decision == "rephrase"


def test_the_gates_come_first() -> None:
    search = FuzzySearch.build(collection(QUESTIONS))
    assert search.decide(Query(text="my dog drank weedkiller")).decision == "urgent"
    assert search.decide(Query(text="hello")).smalltalk_kind == "greeting"
    assert search.decide(Query(text="I want to join")).intent == "join"
