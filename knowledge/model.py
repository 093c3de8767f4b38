"""What the knowledge base holds, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from knowledge.working_hours import WorkingHours

LANGUAGES: Final = ("en", "fr", "es", "ar", "ru", "zh")
"""The six official languages of FAO, as ISO 639-1 codes; the network answers in these."""

TOPICS: Final = (
    "insop",
    "basics",
    "health",
    "contaminants",
    "sampling",
    "results",
    "gardening",
    "farming",
    "waste",
    "remediation",
    "law",
)

AUDIENCES: Final = ("farmer", "gardener", "ngo", "member", "policy", "scientist", "everyone")

SHORT_LIMIT: Final = 600
"""Characters in a short answer: it must stand alone on a small screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """One article in one language.

    ``body`` may be empty in a translation; ``steps`` may be empty everywhere.
    ``is_reviewed`` is false until a native reader has read a translation.
    """

    language: str
    title: str
    questions: tuple[str, ...]
    short: str
    steps: tuple[str, ...] = ()
    body: str = ""
    translator: str | None = None
    is_reviewed: bool = True
    source_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One subject, with its texts by language; English is always there and is the original."""

    id: str
    topic: str
    audience: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]
    last_review: date
    is_urgent: bool
    texts: Mapping[str, ArticleText]
    digest: str
    """Twelve hexadecimal digits of the SHA-256 of the English text; changes when it does."""
    picture: str | None = None
    """Name of a drawing in ``knowledge/pictures``."""

    def text(self, language: str) -> ArticleText:
        """The article in ``language``, or in English where that translation is missing."""
        return self.texts.get(language) or self.texts["en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A page or publication that an article rests on; ``url`` may be missing for print."""

    id: str
    title: str
    organisation: str
    year: str
    url: str | None
    checked: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person or office of the secretariat; an empty tuple means 'any'."""

    id: str
    name: str
    email: str
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    note: str = ""
    accounts: tuple[str, ...] = ()
    """Where the contact answers, each ``"telegram:123"``; mail comes from ``email``."""
    groups: tuple[str, ...] = ()
    """Working groups whose questions the contact takes."""
    deputies: tuple[str, ...] = ()
    """Ids of those who stand in, the first one first."""
    capacity: int | None = None
    """Open questions above which others go first."""
    is_for_urgent: bool = False
    hours: WorkingHours = field(default_factory=WorkingHours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a content file, with the place and the fix in one sentence."""

    path: str
    line: int | None
    message: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """Everything loaded at one moment; a reload makes a new one and swaps it in whole."""

    articles: Mapping[str, Article]
    sources: Mapping[str, Source]
    contacts: tuple[Contact, ...]
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    """Hash of all article texts; keys the search index's cache."""
    revision: int = field(default=0)
