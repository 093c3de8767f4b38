"""Reading an article: the answer itself, more of it, its sources, and whether it helped."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.events import ActionPressed, InlineQueried
from bot.chat.messages import Delete, InlineResult, InlineResults, Message, Notice
from bot.chat.routes import Routes
from bot.chat.turn import Handler, Reply, Turn
from bot.store import Store
from bot.store.conversations import ConversationState
from handlers import fallbacks
from handlers.answers import answer, shorten, source_list, whole
from handlers.descriptions import Translators
from handlers.remembering import with_message
from handlers.titles import begun
from knowledge.answering import Query
from knowledge.library import Library
from knowledge.model import Article

INLINE_RESULTS: Final = 8


class Reading:
    """The buttons under an answer, and inline queries, which show answers anywhere."""

    def __init__(self, library: Library, translators: Translators) -> None:
        self._library = library
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.inline = self.inline
        for name, handler in (
            ("show", self.show),
            ("more", self.more),
            ("sources", self.sources),
            ("vote", self.vote),
            ("delete", self.delete),
        ):
            routes.add_action(name, handler)

    async def open(
        self,
        turn: Turn,
        article: Article,
        question: str,
        *,
        before: ConversationState | None = None,
    ) -> Message:
        """The answer, remembered as the last one; ``before``: what it was chosen from."""
        store: Store = turn.store
        event = turn.event
        state = ConversationState(
            last_article=article.id, last_text=question, last_language=turn._.language
        )
        if before is None:
            state = with_message(state, turn)
        else:
            state = replace(state, files=before.files, album=before.album, ref=before.ref)
        where, who, now = event.conversation, event.author.id, turn.clock.now()
        store.at_end(store.conversations.later(where, who, state, now))
        turn.notes["article"] = article.id
        asker = None if event.conversation.is_private else event.author.id
        return answer(self._library, article, turn._, asker=asker)

    def page(self, article_id: str) -> Handler:
        """A handler that shows one article, for buttons and words that stand for it."""

        async def show_page(turn: Turn) -> Reply:
            article = self._library.article(article_id)
            if article is None:
                return Notice(text=turn._("This article is no longer here. Please ask again."))
            return await self.open(turn, article, "")

        return show_page

    async def show(self, turn: Turn) -> Reply:
        """An article chosen by button."""
        article = self._pressed_article(turn)
        if article is None:
            return Notice(text=turn._("This article is no longer here. Please ask again."))
        store: Store = turn.store
        state = await store.conversations.get(turn.event.conversation, turn.event.author.id)
        return await self.open(turn, article, state.last_text, before=state)

    async def more(self, turn: Turn) -> Reply:
        """Steps and the longer text."""
        article = self._pressed_article(turn)
        if article is None:
            return Notice(text=turn._("This article is no longer here. Please ask again."))
        return self._privately(turn, whole(self._library, article, turn._))

    async def sources(self, turn: Turn) -> Reply:
        """The full list of sources."""
        article = self._pressed_article(turn)
        if article is None:
            return Notice(text=turn._("This article is no longer here. Please ask again."))
        return self._privately(turn, source_list(self._library, article, turn._))

    async def vote(self, turn: Turn) -> Reply:
        """Whether it helped; pressing again changes the vote."""
        assert isinstance(turn.event, ActionPressed)
        direction, article_id = (*turn.event.action.args, "", "")[:2]
        if self._library.article(article_id) is None or direction not in ("up", "down"):
            return Notice(text=turn._("This article is no longer here. Please ask again."))
        store: Store = turn.store
        vote = 1 if direction == "up" else -1
        await store.feedback.vote(
            turn.member.id, article_id, turn._.language, vote, turn.clock.now()
        )
        turn.notes["vote"] = direction
        thanks = Notice(text=turn._("Thank you. That helps us to improve the answers."))
        if direction == "up":
            return thanks
        offer = Message(
            text=turn._("I am sorry. You can ask in other words, or let a person answer."),
            rows=((fallbacks.person_button(turn._),),),
            is_ephemeral=True,
        )
        return (thanks, offer)

    async def delete(self, turn: Turn) -> Reply:
        """Take an answer in a group away: only for the one who asked."""
        assert isinstance(turn.event, ActionPressed)
        if turn.event.action.args[:1] != (turn.event.author.id,):
            return Notice(text=turn._("Only the person who asked can delete this answer."))
        return Delete()

    async def inline(self, turn: Turn) -> Reply:
        """Titles and short answers while somebody types."""
        assert isinstance(turn.event, InlineQueried)
        text = turn.event.text
        outcome = self._library.decide(Query(text=text, language=turn.member.language))
        if turn.member.language is None and text:
            # A few letters seldom tell their language: the reader's own is looked at as well.
            own, turn = turn._.language, turn.changed(_=self._translators(outcome.language))
            if not self._begun(text, outcome.language) and self._begun(text, own):
                turn = turn.changed(_=self._translators(own))
        by_sense = (self._library.article(each.article) for each in outcome.candidates)
        fitting = (*self._begun(text, turn._.language), *by_sense)
        found = {article.id: article for article in fitting if article is not None}
        results = [
            InlineResult(
                id=article.id,
                title=article.text(turn._.language).title,
                description=shorten(article.text(turn._.language).short, 120),
                message=replace(answer(self._library, article, turn._), rows=()),
            )
            for article in list(found.values())[:INLINE_RESULTS]
        ]
        return InlineResults(results=tuple(results))

    def _begun(self, typed: str, language: str) -> list[Article]:
        return begun(self._library.collection.articles.values(), typed, language)

    def _privately(self, turn: Turn, message: Message) -> Message:
        """In a group, details are for the eyes of the one who pressed."""
        return replace(message, is_ephemeral=not turn.event.conversation.is_private)

    def _pressed_article(self, turn: Turn) -> Article | None:
        assert isinstance(turn.event, ActionPressed)
        args = turn.event.action.args
        return self._library.article(args[0]) if args else None
