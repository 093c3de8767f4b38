"""Counts every question with its decision; keeps the wording of what found no answer."""

from __future__ import annotations

from typing import Final

from bot.chat.events import CommandInvoked, MessageReceived
from bot.chat.turn import Handler, Reply, Turn
from bot.store import Store
from bot.store.asked import MISSED
from knowledge.anonymous import scrub
from knowledge.gaps import plain_words
from knowledge.library import Library

COUNTED: Final = frozenset({"answer", "suggest", "rephrase", "handoff", "urgent", "limits"})
LONGEST: Final = 300
"""Characters of a wording: what is longer is a story, and stories name people."""


class CountQuestions:
    """A middleware; it reads what the handler noted for the log, and no text that was answered."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._digest = ""
        self._plain: dict[str, frozenset[str]] = {}

    async def __call__(self, turn: Turn, handler: Handler) -> Reply:
        """The handler's reply; afterwards a row, in the same transaction."""
        reply = await handler(turn)
        decision = turn.notes.get("decision", "")
        event = turn.event
        if decision not in COUNTED or not isinstance(event, MessageReceived | CommandInvoked):
            return reply
        article = self._library.article(turn.notes.get("article", ""))
        store: Store = turn.store
        counted = store.teaching.asked.adding(
            turn.member.id,
            decision=decision,
            language=turn.notes.get("language", turn._.language),
            topic=article.topic if article else None,
            article=article.id if article else None,
            words=self._words(turn, event.text) if decision in MISSED else "",
            now=turn.clock.now(),
        )
        store.at_end(counted)
        return reply

    def _words(self, turn: Turn, text: str) -> str:
        known = self._plain_words(turn.notes.get("language", "en"))
        names = (turn.member.name, turn.event.author.name)
        return scrub(text[:LONGEST], names=names, known=known)

    def _plain_words(self, language: str) -> frozenset[str]:
        """Gathered once for each state of the articles."""
        collection = self._library.collection
        if self._digest != collection.digest:
            self._digest = collection.digest
            self._plain.clear()
        if language not in self._plain:
            self._plain[language] = plain_words(collection, language)
        return self._plain[language]
