"""Articles of the knowledge base as answers at the desk: found by words, sent with one press."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from bot.chat.markup import escape
from bot.chat.messages import Message, Row
from bot.chat.turn import Reply, Translate, Turn
from bot.desk.rendering import send_button
from bot.desk.staff import Staff
from bot.store import Store
from bot.store.questions import Question
from bot.translating import translator
from handlers.answers import answer
from handlers.desk_merging import going_on
from handlers.desk_texts import told
from handlers.titles import begun
from knowledge.answering import Query
from knowledge.library import Library
from knowledge.model import Article

FOUND: Final = 5
"""Articles that are offered at once."""
SURE_FROM: Final = 0.15
"""Confidence below which articles are left out; words about nothing reach a tenth."""


Keep = Callable[[Turn, Question, Staff, str], Awaitable[Reply]]
"""Stores words as a contact's answer and relays them; a reply says why it could not."""


class Canned:
    """For contacts only, whom the caller has checked, and with the question held."""

    def __init__(self, library: Library, keep: Keep) -> None:
        self._library = library
        self._keep = keep

    async def send(self, turn: Turn, question: Question, staff: Staff, mark: str) -> Reply:
        """An article to the asker, once in a question however often it is pressed."""
        _ = turn._
        article = self._article(mark, question)
        if article is None:
            return told(turn, _("There is no such article."))
        store: Store = turn.store
        question = await going_on(store, question)
        if question.outcome == "withdrawn":
            return told(turn, _("The asker took the question back."))
        words = self._words(article, question)
        was_sent = await self._was_sent(store, question, article)
        if was_sent and not await self._is_lost(store, question, words):
            return told(turn, _("The asker was sent this article already."))
        refused = await self._keep(turn, question, staff, words)
        if refused is not None:
            return refused
        await store.question_events.add(
            question.number, "canned", turn.clock.now(), actor=staff.id, detail=article.id
        )
        return told(turn, _("Sent to the asker."))

    def _article(self, mark: str, question: Question) -> Article | None:
        """By its id, or by its place (from 1) among what the question's head suggests.

        Whoever copies the line of a mail has its title behind a colon.
        """
        mark = mark.partition(":")[0].strip(" .,;").casefold()
        if mark.isdecimal() and len(mark) < 3:
            place = int(mark) - 1
            mark = question.candidates[place] if 0 <= place < len(question.candidates) else ""
        return self._library.article(mark)

    def _words(self, article: Article, question: Question) -> str:
        """What the asker reads: as any answer, in their language or with the note on English."""
        shown = answer(self._library, article, translator(question.language))
        footer = f"*{shown.footer}*" if shown.footer else ""
        parts = (f"**{escape(shown.title)}**", shown.text, footer)
        return "\n\n".join(part for part in parts if part)

    async def _was_sent(self, store: Store, question: Question, article: Article) -> bool:
        """Whether it went out already, in this question or in one that was joined with it."""
        seen: set[int] = set()
        waiting = [question.number]
        while waiting:
            number = waiting.pop()
            seen.add(number)
            for event in await store.question_events.of(number):
                if event.kind == "canned" and event.detail == article.id:
                    return True
                if event.kind == "merged" and event.detail.isdecimal():
                    waiting += {int(event.detail)} - seen
        return False

    async def _is_lost(self, store: Store, question: Question, words: str) -> bool:
        """Whether the asker has not got what went out with these words, and will not."""
        states = [
            copy.state
            for message in await store.question_messages.of(question.number, {"contact"})
            if message.text == words
            for copy in await store.question_copies.of(message.id)
            if not copy.is_origin and copy.where.key == question.where.key
        ]
        return bool(states) and all(state in ("blocked", "failed") for state in states)

    def find(self, turn: Turn, question: Question, words: str) -> Message:
        """What the search finds, in the thread, each with a button that sends it."""
        _ = turn._
        if not question.person_id:
            return Message(text=_("The asker has been forgotten; nobody can be told."))
        if not words.strip():
            return Message(text=_("Write #find and a few words, such as: #find lead in gardens"))
        found = self._search(words, question.language)
        if not found:
            return Message(text=_("I found no article for these words."))
        is_mail = turn.event.conversation.platform == "email"
        lines: list[str] = []
        rows: list[Row] = []
        for article in found:
            button = None if is_mail else send_button(question, article, _)
            lines.append(_line(article, question, _, is_marked=button is None))
            rows += [] if button is None else [(button,)]
        return Message(text="\n".join(lines), rows=tuple(rows))

    def _search(self, words: str, language: str) -> list[Article]:
        """By what the articles answer, then by what their titles begin with."""
        outcome = self._library.decide(Query(text=words, language=language))
        sure = (each.article for each in outcome.candidates if each.score >= SURE_FROM)
        by_sense = [self._library.article(key) for key in sure]
        by_title = begun(self._library.collection.articles.values(), words, language)
        found = {each.id: each for each in (*by_sense, *by_title) if each is not None}
        return list(found.values())[:FOUND]


def _line(article: Article, question: Question, translate: Translate, *, is_marked: bool) -> str:
    """Its title as the asker reads it, and as the contact does where that differs."""
    theirs, mine = article.text(question.language).title, article.text(translate.language).title
    titles = escape(theirs) if theirs == mine else f"{escape(theirs)} ({escape(mine)})"
    return f"- {escape(f'#send {article.id}')}: {titles}" if is_marked else f"- {titles}"
