"""A question, from the first words to an answer, a choice, another try, or a person.

The ladder: a clear match is answered; a middling one is shown as up to three buttons; where
nothing fits, the person is asked once to say it in other words, and after the second miss a
person is offered, who gets both texts and what was shown.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, InlineQueried, MessageReceived
from bot.chat.messages import (
    Button,
    Delete,
    InlineResult,
    InlineResults,
    Message,
    Notice,
    Row,
)
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Single, Translate, Turn
from bot.store import Store
from bot.store.conversations import ConversationState
from handlers.answers import answer, shorten, source_list, title_button, whole
from handlers.descriptions import N_, Translators, in_all
from handlers.desk import Desk
from handlers.menu import GO
from handlers.start import small_talk
from knowledge.answering import Outcome, Query
from knowledge.library import Library
from knowledge.model import LANGUAGES, Article
from knowledge.urgent import emergency_text

SUGGESTIONS: Final = 3
INLINE_RESULTS: Final = 8
PARTS: Final = 3
"""Questions of one message that are answered; the rest is asked for again."""


class Ask:
    """Questions by message, command, button and inline query."""

    def __init__(self, library: Library, desk: Desk, translators: Translators) -> None:
        self._library = library
        self._desk = desk
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.message = self.message
        routes.inline = self.inline
        spec = CommandSpec(
            name="ask",
            descriptions=in_all(self._translators, N_("Ask about soil pollution")),
            option="question",
            option_hints=in_all(self._translators, N_("Your question, in your own words")),
            has_suggestions=True,
        )
        routes.add_command(spec, self.command)
        for name, handler in (
            ("show", self.show),
            ("more", self.more),
            ("sources", self.sources),
            ("vote", self.vote),
            ("none", self.none),
            ("delete", self.delete),
        ):
            routes.add_action(name, handler)

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
        if turn.event.text:
            return await self.question(turn, turn.event.text)
        if turn.event.files:
            return Message(
                text=turn._(
                    "I can read only text. Write your question in a few words, or let a person "
                    "of the secretariat help you."
                ),
                rows=((_person(turn._),),),
            )
        return await self.invite(turn)

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
            return await self._urgent(turn, text)
        if outcome.decision == "smalltalk":
            return await small_talk(turn, outcome.smalltalk_kind or "greeting")
        if outcome.decision == "handoff":
            await self._remember(turn, _missed(state, text, outcome))
            return Message(
                text=turn._(
                    "I must not answer this one: it needs a person who knows the law, medicine or "
                    "the doses for your case. Shall I pass it to the secretariat?"
                ),
                rows=((_person(turn._), _no(turn._)),),
            )
        article = self._library.article(outcome.article or "")
        if outcome.decision == "answer" and article is not None:
            await self._remember_answer(turn, article, text)
            return self._answer(turn, article)
        if outcome.decision == "suggest" and outcome.candidates:
            return await self._suggest(turn, text, outcome, state)
        return await self._miss(turn, text, outcome, state)

    async def _urgent(self, turn: Turn, text: str) -> Reply:
        number = await self._desk.open(turn, text=text, is_urgent=True)
        note = turn._("Your message has the number {number} at the secretariat.", number=number)
        contacts = self._desk.contact_lines(None, turn._.language)
        return Message(
            text=f"{emergency_text(turn._.language)}\n\n{note}\n{contacts}",
            direction="rtl" if turn._.language == "ar" else "ltr",
        )

    async def _suggest(
        self, turn: Turn, text: str, outcome: Outcome, state: ConversationState
    ) -> Reply:
        shown = [
            article
            for candidate in outcome.candidates[:SUGGESTIONS]
            if (article := self._library.article(candidate.article)) is not None
        ]
        await self._remember(
            turn,
            ConversationState(
                last_article=state.last_article,
                last_text=text,
                last_language=turn._.language,
                misses=state.misses,
                missed_text=state.missed_text,
                candidates=tuple(article.id for article in shown),
            ),
        )
        rows: list[Row] = [(title_button(article, turn._),) for article in shown]
        rows.append((Button(label=turn._("None of these"), action=Action("none")),))
        return Message(text=turn._("Did you mean one of these?"), rows=tuple(rows))

    async def _miss(
        self, turn: Turn, text: str, outcome: Outcome, state: ConversationState
    ) -> Reply:
        await self._remember(turn, _missed(state, text, outcome))
        if state.misses == 0:
            return Message(
                text=turn._(
                    "I did not find an answer to that. Could you say it in other words, and name "
                    "the pollutant, the crop or the place?"
                ),
                rows=((_person(turn._), Button(label=turn._("Help"), action=Action(GO, "help"))),),
            )
        return _offer_person(turn._)

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
        if misses > 1:
            return _offer_person(turn._)
        return Message(
            text=turn._(
                "Then please say it in other words, or let a person of the secretariat answer."
            ),
            rows=((_person(turn._),),),
        )

    async def show(self, turn: Turn) -> Reply:
        """An article chosen by button."""
        article = self._pressed_article(turn)
        if article is None:
            return Notice(text=turn._("This article is no longer here. Please ask again."))
        store: Store = turn.store
        state = await store.conversations.get(turn.event.conversation, turn.event.author.id)
        await self._remember_answer(turn, article, state.last_text)
        return self._answer(turn, article)

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
            rows=((_person(turn._),),),
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
        outcome = self._library.decide(Query(text=turn.event.text, language=turn.member.language))
        if turn.member.language is None and turn.event.text:
            turn = turn.changed(_=self._translators(outcome.language))
        found = (self._library.article(each.article) for each in outcome.candidates)
        results = [
            InlineResult(
                id=article.id,
                title=article.text(turn._.language).title,
                description=shorten(article.text(turn._.language).short, 120),
                message=replace(answer(self._library, article, turn._), rows=()),
            )
            for article in found
            if article is not None
        ]
        return InlineResults(results=tuple(results[:INLINE_RESULTS]))

    def _answer(self, turn: Turn, article: Article) -> Message:
        turn.notes["article"] = article.id
        asker = None if turn.event.conversation.is_private else turn.event.author.id
        return answer(self._library, article, turn._, asker=asker)

    def _privately(self, turn: Turn, message: Message) -> Message:
        """In a group, details are for the eyes of the one who pressed."""
        return replace(message, is_ephemeral=not turn.event.conversation.is_private)

    def _pressed_article(self, turn: Turn) -> Article | None:
        assert isinstance(turn.event, ActionPressed)
        args = turn.event.action.args
        return self._library.article(args[0]) if args else None

    async def _remember_answer(self, turn: Turn, article: Article, text: str) -> None:
        state = ConversationState(
            last_article=article.id, last_text=text, last_language=turn._.language
        )
        await self._remember(turn, state)

    async def _remember(self, turn: Turn, state: ConversationState) -> None:
        store: Store = turn.store
        event = turn.event
        await store.conversations.set(event.conversation, event.author.id, state, turn.clock.now())


def _missed(state: ConversationState, text: str, outcome: Outcome) -> ConversationState:
    shown = tuple(candidate.article for candidate in outcome.candidates[:SUGGESTIONS])
    return replace(
        state,
        last_text=text,
        misses=state.misses + 1,
        missed_text=state.missed_text or text,
        candidates=tuple(dict.fromkeys((*state.candidates, *shown))),
    )


def _offer_person(translate: Translate) -> Message:
    return Message(
        text=translate(
            "I do not know this one. Shall I pass your question to a person of the secretariat? "
            "They will see what you wrote and what I showed you."
        ),
        rows=((_person(translate), _no(translate)),),
    )


def _person(translate: Translate) -> Button:
    return Button(label=translate("Ask a person"), action=Action("person"), style="primary")


def _no(translate: Translate) -> Button:
    return Button(label=translate("No, thank you"), action=Action(GO, "ask"))


__all__ = ["Ask"]
