"""What an author should know about the knowledge base, beyond what the loader must refuse."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from rapidfuzz import fuzz, process

from knowledge.model import LANGUAGES, Article, ArticleText, Collection
from knowledge.readability import hard_words, too_long

Level = Literal["error", "warning"]

FEWEST_QUESTIONS: Final = 8
STALE_AFTER: Final = timedelta(days=730)
CONFUSABLE_FROM: Final = 95
"""RapidFuzz ratio of two questions of different articles above which they are confusable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. Errors make ``insop kb check`` fail, warnings do with ``--strict``."""

    level: Level
    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{self.level}: {place}: {self.message}"


def check(collection: Collection, today: date) -> list[Finding]:
    """Everything found, errors first, then by path."""
    findings = [
        Finding(level="error", path=each.path, line=each.line, message=each.message)
        for each in collection.problems
    ]
    for article in collection.articles.values():
        findings += _check_article(article, today)
    findings += _repeated(collection)
    return sorted(findings, key=lambda each: (each.level, each.path, each.line or 0))


def _check_article(article: Article, today: date) -> Iterator[Finding]:
    path = f"en/{article.id}.md"
    if today - article.last_review > STALE_AFTER:
        message = f"last reviewed on {article.last_review}; read it again against its sources"
        yield Finding(level="warning", path=path, message=message)
    for language in LANGUAGES:
        text = article.texts.get(language)
        if text is None:
            message = "there is no translation; write one, or it is answered in English"
            yield Finding(level="warning", path=f"{language}/{article.id}.md", message=message)
        else:
            yield from _check_text(article, text)


def _check_text(article: Article, text: ArticleText) -> Iterator[Finding]:
    path = f"{text.language}/{article.id}.md"
    original = article.texts["en"]
    if len(text.questions) < FEWEST_QUESTIONS:
        message = f"{len(text.questions)} example questions; write at least {FEWEST_QUESTIONS}"
        yield Finding(level="warning", path=path, message=message)
    if text.language != "en":
        if text.source_digest != article.digest:
            message = (
                "out of step: the English text has changed since it was translated "
                f"(source_digest should be {article.digest})"
            )
            yield Finding(level="error", path=path, message=message)
        if len(text.steps) != len(original.steps):
            message = f"{len(text.steps)} steps, but English has {len(original.steps)}"
            yield Finding(level="error", path=path, message=message)
    for sentence in too_long(text.short, text.language):
        message = f"a long sentence in the short answer: “{sentence[:60]}…”"
        yield Finding(level="warning", path=path, message=message)
    if text.language == "en":
        for word, plain in hard_words(text.short).items():
            message = f"a hard word in the short answer: {word!r}; try {plain!r}"
            yield Finding(level="warning", path=path, message=message)


def _repeated(collection: Collection) -> Iterator[Finding]:
    """Questions that stand in two articles, or nearly do."""
    for language in LANGUAGES:
        asked = [
            (question.casefold().strip(" ?？؟.!"), article.id)
            for article in collection.articles.values()
            if language in article.texts
            for question in article.texts[language].questions
        ]
        seen: dict[str, str] = {}
        for question, owner in asked:
            other = seen.setdefault(question, owner)
            if other != owner:
                message = f"the question “{question}” stands in {other} too"
                yield Finding(level="error", path=f"{language}/{owner}.md", message=message)
        yield from _confusable(language, list(seen.items()))


def _confusable(language: str, asked: list[tuple[str, str]]) -> Iterator[Finding]:
    texts = [question for question, _ in asked]
    if len(texts) < 2:
        return
    scores = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=CONFUSABLE_FROM)
    for first, second in zip(*scores.nonzero(), strict=True):
        if first < second and asked[first][1] != asked[second][1]:
            message = (
                f"“{texts[first]}” is nearly the same as “{texts[second]}” in {asked[second][1]}"
            )
            path = f"{language}/{asked[first][1]}.md"
            yield Finding(level="warning", path=path, message=message)


__all__ = ["Finding", "check"]
