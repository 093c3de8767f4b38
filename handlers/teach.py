"""``/teach``: what an unanswered question should have matched, and articles made of answers."""

from __future__ import annotations

from bot.chat.actions import Action, is_number
from bot.chat.errors import ActionTooLong
from bot.chat.events import ActionPressed
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.labels import Label
from handlers.article_making import ArticleMaking
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.noting import note
from knowledge.answering import Query
from knowledge.library import Library

OFFERED = 5
LISTED = 6


class Teach:
    """For the secretariat; every press is one label, and the next question follows."""

    def __init__(self, library: Library, making: ArticleMaking, translators: Translators) -> None:
        self._library = library
        self._making = making
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="teach",
            descriptions=in_all(self._translators, N_("Learn from questions (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
        )
        routes.add_command(spec, self.overview)
        routes.add_action("teach", self.pressed, Role.SECRETARIAT)
        self._making.add_to(routes)

    async def overview(self, turn: Turn) -> Reply:
        """What waits to be looked at."""
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return Message(text=_("This is for the secretariat. Please ask me in a private chat."))
        waiting = await store.teaching.asked.unlabelled(100)
        drafts = await store.teaching.article_drafts.in_hand(LISTED)
        answered = await store.teaching.article_drafts.answered_without(LISTED)
        lines = [
            _("- Unanswered questions to look at: {count}", count=len(waiting)),
            _("- Articles on their way: {count}", count=len(drafts)),
            _("- Answered questions that could become an article: {count}", count=len(answered)),
        ]
        rows: list[Row] = []
        if waiting:
            label = _("Look at the unanswered")
            rows.append((Button(label=label, action=Action("teach", "next"), style="primary"),))
        rows += [
            (
                Button(
                    label=_("Draft {number}: {title}", number=each.id, title=each.article)[:80],
                    action=Action("teach", "draft", str(each.id)),
                ),
            )
            for each in drafts
        ]
        rows += [
            (
                Button(
                    label=_("Article from question {number}", number=number),
                    action=Action("teach", "make", str(number)),
                ),
            )
            for number in answered
        ]
        text = "\n".join(lines)
        return Message(title=_("Learning"), text=text, rows=tuple(rows), is_ephemeral=True)

    async def pressed(self, turn: Turn) -> Reply:
        """A label, or a step of an article."""
        assert isinstance(turn.event, ActionPressed)
        if not is_discreet(turn):
            return Notice(text=turn._("Please write /teach to me in a private chat."))
        match turn.event.action.args:
            case ("next",):
                return await self._next(turn)
            case ("is", source, article):
                return await self._label(turn, source, article)
            case (step, number) if is_number(number):
                return await self._making.step(turn, step, int(number))
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _next(self, turn: Turn) -> Reply:
        store: Store = turn.store
        _ = turn._
        waiting = await store.teaching.asked.unlabelled(1)
        if not waiting:
            return Message(text=_("Nothing is left to look at. Thank you."), is_ephemeral=True)
        missed = waiting[0]
        outcome = self._library.decide(Query(text=missed.words, language=missed.language))
        rows: list[Row] = []
        for candidate in outcome.candidates[:OFFERED]:
            article = self._library.article(candidate.article)
            action = Action("teach", "is", missed.source, candidate.article)
            if article is None or not _fits(action):
                continue
            rows.append((Button(label=article.text(_.language).title, action=action),))
        none = Action("teach", "is", missed.source, "-")
        rows.append((Button(label=_("No article answers this"), action=none),))
        asked = _("What should this have found? ({language})", language=missed.language)
        text = f"> {escape(missed.words)}\n\n{asked}"
        return Message(text=text, rows=tuple(rows), is_ephemeral=True)

    async def _label(self, turn: Turn, source: str, article: str) -> Reply:
        store: Store = turn.store
        _ = turn._
        number = source.partition(":")[2]
        is_missed = source.startswith("asked:") and is_number(number)
        missed = await store.teaching.asked.one(int(number)) if is_missed else None
        if missed is None or (article != "-" and self._library.article(article) is None):
            return Notice(text=_("This question is gone."))
        label = Label(
            source=source,
            language=missed.language,
            words=missed.words,
            article=None if article == "-" else article,
        )
        await store.teaching.labels.set(label, missed.person_id, turn.clock.now())
        await note(turn, "label", detail=f"{source} {article}")
        return await self._next(turn)


def _fits(action: Action) -> bool:
    try:
        action.pack()
    except ActionTooLong:
        return False
    return True
