"""The knowledge base as the rest of the assistant holds it: always whole, replaced at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from knowledge.answering import Answerer, Outcome, Query
from knowledge.model import Article, Collection, Contact, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A collection and the search that was built from it."""

    collection: Collection
    answerer: Answerer


class Library:
    """Serves one snapshot; ``replace`` swaps in the next without a gap."""

    def __init__(self, collection: Collection, build: Callable[[Collection], Answerer]) -> None:
        self._build = build
        self._snapshot = self.prepare(collection)

    @property
    def collection(self) -> Collection:
        """What is served now."""
        return self._snapshot.collection

    def decide(self, query: Query) -> Outcome:
        """Decide on a question with what is served now."""
        return self._snapshot.answerer.decide(query)

    def article(self, article_id: str) -> Article | None:
        """An article, or None where it is gone."""
        return self._snapshot.collection.articles.get(article_id)

    def sources(self, article: Article) -> tuple[Source, ...]:
        """The sources of an article, the most important first."""
        known = self._snapshot.collection.sources
        return tuple(known[key] for key in article.sources if key in known)

    def contacts(self, topic: str | None, language: str) -> tuple[Contact, ...]:
        """Those who take a topic in a language; all general contacts where nobody does."""
        everyone = self._snapshot.collection.contacts
        fitting = tuple(
            contact
            for contact in everyone
            if (not contact.topics or topic in contact.topics)
            and (not contact.languages or language in contact.languages)
        )
        specific = tuple(contact for contact in fitting if contact.topics)
        return specific or fitting or everyone

    @property
    def everyone(self) -> tuple[Contact, ...]:
        """All contacts in the order of the file."""
        return self._snapshot.collection.contacts

    def prepare(self, collection: Collection) -> Snapshot:
        """Build the search of another collection; may take seconds, call it off the event loop."""
        return Snapshot(collection=collection, answerer=self._build(collection))

    def replace(self, snapshot: Snapshot) -> None:
        """Serve ``snapshot`` from now on."""
        self._snapshot = snapshot


class LateLibrary(Library):
    """Loads when it is first asked: for a process that seldom is, such as one that only sends."""

    def __init__(
        self, load: Callable[[], Collection], build: Callable[[Collection], Answerer]
    ) -> None:
        self._load = load
        self._build = build

    @cached_property
    def _snapshot(self) -> Snapshot:  # type: ignore[override]  # it can be written to as well
        return self.prepare(self._load())
