"""A question, from the first words to an answer, a choice, another try, or a person.

The ladder: a clear match is answered; a middling one is shown as up to three buttons; where
nothing fits, the person is asked once to say it in other words, and after the second miss a
person is offered, who gets both texts and what was shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.chat.events import CommandInvoked, MessageReceived
from bot.chat.messages import (
    Message,
    Notice,
)
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Handler, Reply, Single, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.conversations import ConversationState
from handlers import fallbacks
from handlers.descriptions import Translators, in_all
from handlers.desk import Desk
from handlers.desk_hearing import Hearing
from handlers.limits import Limits
from handlers.reading import Reading
from handlers.remembering import with_message
from knowledge.answering import Outcome, Query
from knowledge.library import Library
from knowledge.model import LANGUAGES

ARTICLE: Final = "article:"
"""Before the id of an article whose question a page of the assistant answers better."""
ALBUMS_KEPT: Final = 256
"""Albums remembered; their pictures come within a second or two of each other."""
PARTS: Final = 3
"""Questions of one message that are answered; the rest is asked for again."""


class Ask:
    """Questions by message, command and button."""

    def __init__(
        self,
        library: Library,
        reading: Reading,
        desk: Desk,
        limits: Limits,
        translators: Translators,
        pages: Mapping[str, Handler],
        hearing: Hearing,
    ) -> None:
        self._library = library
        self._reading = reading
        self._limits = limits
        self._pages = pages
        self._desk = desk
        self._translators = translators
        self._hearing = hearing
        self._albums: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.message = self.message
        spec = CommandSpec(
            name="ask",
            descriptions=in_all(self._translators, N_("Ask about soil pollution")),
            option="question",
            option_hints=in_all(self._translators, N_("Your question, in your own words")),
            has_suggestions=True,
        )
        routes.add_command(spec, self.command)
        routes.add_action("none", self.none)

    async def command(self, turn: Turn) -> Reply:
        """``/ask words``; without words, an invitation to write them."""
        assert isinstance(turn.event, CommandInvoked)
        if turn.event.text.strip():
            return await self.question(turn, turn.event.text)
        return await self.invite(turn)

    async def invite(self, turn: Turn) -> Reply:
        """The button "Ask a question"."""
        text = (
            turn._("What would you like to know? Just write it.")
            if turn.event.conversation.is_private
            else turn._("What would you like to know? Write /ask and your question.")
        )
        return Message(text=text, is_ephemeral=not turn.event.conversation.is_private)

    async def message(self, turn: Turn) -> Reply:
        """A text written to the assistant; a photo or voice note alone goes to a person."""
        assert isinstance(turn.event, MessageReceived)
        heard = await self._hearing.message(turn)
        if heard is not None:
            return heard[0]
        if turn.event.is_late and not turn.event.conversation.is_private:
            # Others have talked on since; who asked sees that nobody answered.
            turn.notes["decision"] = "too late"
            return None
        if await self._joins_album(turn):
            return None
        is_new = self._is_new(turn.event)
        if turn.event.text:
            return await self.question(turn, turn.event.text)
        if turn.event.files:
            return await self._desk.picture(turn) if is_new else None
        return await self.invite(turn)

    async def _joins_album(self, turn: Turn) -> bool:
        """Another picture of an album whose caption was the last question: kept beside it."""
        event = turn.event
        assert isinstance(event, MessageReceived)
        if event.album is None or event.text or not event.files:
            return False
        store: Store = turn.store
        state = await store.conversations.get(event.conversation, event.author.id)
        if state.album != event.album:
            return False
        grown = with_message(state, turn)
        await self._remember(turn, replace(grown, ref=state.ref))
        return True

    def _is_new(self, event: MessageReceived) -> bool:
        """False for the second picture of an album that was answered by its caption."""
        if event.album is None:
            return True
        key = (*event.conversation.key, event.album)
        is_new = key not in self._albums
        self._albums[key] = None
        if len(self._albums) > ALBUMS_KEPT:
            self._albums.popitem(last=False)
        return is_new

    async def question(self, turn: Turn, text: str) -> Reply:
        """Decide and reply; the ladder's state is kept with the conversation."""
        store: Store = turn.store
        state = await store.conversations.get(turn.event.conversation, turn.event.author.id)
        outcome = self._library.decide(
            Query(
                text=text,
                language=turn.member.language,
                previous=state.last_article,
                previous_text=state.last_text or None,
            )
        )
        turn.notes["decision"] = outcome.decision
        turn.notes["language"] = outcome.language
        if turn.member.language is None and outcome.language in LANGUAGES:
            turn = turn.changed(_=self._translators(outcome.language))
        page = self._pages.get(outcome.intent or "")
        if page is not None and outcome.decision != "urgent":
            turn.notes["decision"] = f"page {outcome.intent}"
            return await page(turn)
        if len(outcome.parts) > 1 and outcome.decision not in ("urgent", "handoff"):
            return await self._answer_parts(turn, outcome.parts[:PARTS], state)
        return await self._reply(turn, text, outcome, state)

    async def _answer_parts(
        self, turn: Turn, parts: tuple[str, ...], state: ConversationState
    ) -> Reply:
        replies: list[Single] = []
        for part in parts:
            outcome = self._library.decide(
                Query(text=part, language=turn.member.language or turn._.language)
            )
            reply = await self._reply(turn, part, replace(outcome, parts=()), state)
            replies += reply if isinstance(reply, tuple) else [reply] if reply else []
        return tuple(replies)

    async def _reply(
        self, turn: Turn, text: str, outcome: Outcome, state: ConversationState
    ) -> Reply:
        if outcome.decision == "urgent":
            return await self._desk.urgent(turn, text)
        if outcome.decision == "smalltalk":
            kind = outcome.smalltalk_kind or "greeting"
            return fallbacks.small_talk(kind, turn._, turn.event.author.name)
        if outcome.decision == "handoff":
            await self._remember(turn, _missed(turn, state, text))
            return fallbacks.must_not_answer(turn._)
        comparison = self._limits.answer(text, turn._)
        if comparison is not None:
            turn.notes["decision"] = "limits"
            return comparison
        article = self._library.article(outcome.article or "")
        if outcome.decision == "answer" and article is not None:
            if (page := self._pages.get(f"{ARTICLE}{article.id}")) is not None:
                turn.notes["decision"] = f"page {article.id}"
                return await page(turn)
            return await self._reading.open(turn, article, text)
        if outcome.decision == "suggest" and outcome.candidates:
            return await self._suggest(turn, text, outcome, state)
        return await self._miss(turn, text, state)

    async def _suggest(
        self, turn: Turn, text: str, outcome: Outcome, state: ConversationState
    ) -> Reply:
        shown = fallbacks.suggested(self._library, outcome)
        candidates = dict.fromkeys((*state.candidates, *(article.id for article in shown)))
        suggested = replace(
            _still_meant(state),
            last_text=text,
            last_language=turn._.language,
            candidates=tuple(candidates),
        )
        await self._remember(turn, with_message(suggested, turn))
        return fallbacks.suggest(shown, turn._)

    async def _miss(self, turn: Turn, text: str, state: ConversationState) -> Reply:
        await self._remember(turn, _missed(turn, state, text))
        return fallbacks.offer_person(turn._) if state.misses else fallbacks.ask_again(turn._)

    async def none(self, turn: Turn) -> Reply:
        """None of the suggestions fit: a miss like any other."""
        store: Store = turn.store
        state = await store.conversations.get(turn.event.conversation, turn.event.author.id)
        if not state.last_text:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        misses = state.misses + 1
        await self._remember(
            turn,
            replace(state, misses=misses, missed_text=state.missed_text or state.last_text),
        )
        return fallbacks.offer_person(turn._) if misses > 1 else fallbacks.none_of_these(turn._)

    async def _remember(self, turn: Turn, state: ConversationState) -> None:
        store: Store = turn.store
        event, now = turn.event, turn.clock.now()
        state = replace(state, wish="")
        where, who = event.conversation, event.author.id
        store.at_end(store.conversations.later(where, who, state, now))


def _missed(turn: Turn, state: ConversationState, text: str) -> ConversationState:
    missed = replace(
        _still_meant(state),
        last_text=text,
        misses=state.misses + 1,
        missed_text=state.missed_text or text,
    )
    return with_message(missed, turn)


def _still_meant(state: ConversationState) -> ConversationState:
    """Without the files of a text that a person would not get any more."""
    return state if state.missed_text else replace(state, files=(), album=None, ref="")
