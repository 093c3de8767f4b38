"""Questions for people: hand-over, the contact form, a picture alone, and the list of questions."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted, MessageReceived
from bot.chat.forms import Field, Form
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, Message, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.config_members import MembershipSettings
from bot.desk import rendering
from bot.desk.staff import contact_of
from bot.marking import N_
from bot.store import Store
from bot.store.conversations import ConversationState
from bot.store.questions import Question
from handlers.descriptions import Translators, in_all
from handlers.desk_mine import Mine
from handlers.desk_opening import Draft, Opening, stored_files
from handlers.desk_words import state_word
from handlers.discretion import ask_privately, is_discreet, private_chat
from knowledge.answering import Query
from knowledge.library import Library
from knowledge.model import LANGUAGES
from knowledge.urgent import emergency_text

FORM: Final = "contact"
HIDDEN: Final = "confidential"
QUESTION_LIMIT: Final = 2000
LISTED: Final = 10
PERSON: Final = "person"


class Desk:
    """Stores a question with its outbox rows in the asker's own transaction."""

    def __init__(
        self,
        library: Library,
        opening: Opening,
        mine: Mine,
        translators: Translators,
        settings: MembershipSettings,
    ) -> None:
        self._library = library
        self._opening = opening
        self._mine = mine
        self._translators = translators
        self._settings = settings

    def add_to(self, routes: Routes) -> None:
        """Register."""
        for name, description, handler in (
            ("contact", N_("Put a question to the secretariat"), self.contact),
            ("confidential", N_("Tell the secretariat without your name"), self.confidential),
            ("questions", N_("Your questions to people"), self.questions),
        ):
            spec = CommandSpec(name=name, descriptions=in_all(self._translators, description))
            routes.add_command(spec, handler)
        routes.add_action(PERSON, self.hand_over)
        routes.add_form(FORM, self.submitted)
        routes.add_form(HIDDEN, self.submitted)

    async def contact(self, turn: Turn) -> Reply:
        """Ask for the question in a form; in a group, only where nobody else reads the answer."""
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "contact")
        _ = turn._
        return Form(
            id=FORM,
            title=_("Ask the secretariat"),
            intro=_(
                "A person will read it. Write in your own language; please do not send passwords "
                "or health records."
            ),
            fields=(
                Field(
                    name="question",
                    label=_("What is your question?"),
                    kind="text",
                    limit=QUESTION_LIMIT,
                ),
            ),
        )

    async def confidential(self, turn: Turn) -> Reply:
        """The same without the asker's name: for reports that could harm who makes them."""
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "confidential")
        _ = turn._
        return Form(
            id=HIDDEN,
            title=_("Without your name"),
            intro=_(
                "Whoever answers will not see your name or account. Coordinates are made coarse, "
                "and what a camera writes into pictures is removed. Leave out what would give "
                "you away; a district or town is enough for the place."
            ),
            fields=(
                Field(
                    name="question",
                    label=_("What would you like to tell?"),
                    kind="text",
                    limit=QUESTION_LIMIT,
                ),
            ),
        )

    async def submitted(self, turn: Turn) -> Reply:
        """The form was filled in."""
        assert isinstance(turn.event, FormSubmitted)
        text = turn.event.value("question")
        is_hidden = turn.event.form == HIDDEN
        if not text:
            return await (self.confidential(turn) if is_hidden else self.contact(turn))
        outcome = self._library.decide(Query(text=text, language=turn.member.language))
        if turn.member.language is None and outcome.language in LANGUAGES:
            turn = turn.changed(_=self._translators(outcome.language))
        best = outcome.article or next((each.article for each in outcome.candidates), None)
        draft = Draft(
            text=text,
            topic=self._topic(best),
            candidates=tuple(each.article for each in outcome.candidates[:3]),
            is_urgent=outcome.decision == "urgent",
            is_confidential=is_hidden,
        )
        if draft.is_urgent:
            # Nobody may be at the desk for hours: what to do now cannot wait for a person.
            turn.notes["decision"] = outcome.decision
            return await self._emergency(turn, draft)
        return self._receipt(turn, await self._opening.open(turn, draft))

    async def picture(self, turn: Turn) -> Reply:
        """A picture, file or voice note without words opens a question."""
        assert isinstance(turn.event, MessageReceived)
        event = turn.event
        draft = Draft(
            text="",
            files=tuple(stored_files(turn)),
            album=event.album,
            message_ref=event.message_id,
        )
        question = await self._opening.open(turn, draft)
        _ = turn._
        text = _(
            "I cannot look at pictures or listen, so a person will. Your question has the number "
            "**{number}**. Tell me in a few words what it is about, and I add it.",
            number=question.number,
        )
        return Message(
            text=text, rows=(self._show_button(turn, question),), is_ephemeral=not _is_private(turn)
        )

    async def urgent(self, turn: Turn, text: str) -> Message:
        """What to do at once, and the message flagged for the secretariat."""
        event = turn.event
        draft = Draft(
            text=text,
            is_urgent=True,
            files=tuple(stored_files(turn)),
            album=event.album if isinstance(event, MessageReceived) else None,
            message_ref=event.message_id if isinstance(event, MessageReceived) else None,
        )
        return await self._emergency(turn, draft)

    async def _emergency(self, turn: Turn, draft: Draft) -> Message:
        question = await self._opening.open(turn, draft)
        note = turn._(
            "Your message has the number {number} at the secretariat.", number=question.number
        )
        contacts = self.contact_lines(None, turn._.language)
        return Message(
            text=f"{emergency_text(turn._.language)}\n\n{note}\n{contacts}",
            direction="rtl" if turn._.language == "ar" else "ltr",
        )

    async def hand_over(self, turn: Turn) -> Reply:
        """ "Ask a person": with the question that was just asked, if there was one.

        In a group it goes on in the private chat, to which a link leads with ``start``.
        """
        store: Store = turn.store
        event = turn.event
        state = await store.conversations.get(event.conversation, event.author.id)
        is_hidden = isinstance(event, ActionPressed) and event.action.args == ("hidden",)
        if not is_discreet(turn):
            return await self._go_on_privately(turn, state, is_hidden=is_hidden)
        if isinstance(event, CommandInvoked):
            is_hidden = state.wish == "hidden"
            # Anybody may follow the link: only who pressed the button has a wish.
            state = state if state.wish else ConversationState()
        if not state.last_text:
            return await (self.confidential(turn) if is_hidden else self.contact(turn))
        draft = Draft(
            text=state.last_text,
            first_text=state.missed_text if state.missed_text != state.last_text else "",
            candidates=state.candidates or tuple(filter(None, (state.last_article,))),
            topic=self._topic(state.last_article or next(iter(state.candidates), None)),
            is_confidential=is_hidden,
            files=state.files,
            album=state.album,
            message_ref=state.ref if state.ref and _is_private(turn) else None,
        )
        question = await self._opening.open(turn, draft)
        # What was handed over is done; a second press asks for a new question.
        await store.conversations.set(
            event.conversation, event.author.id, ConversationState(), turn.clock.now()
        )
        return self._receipt(turn, question)

    async def _go_on_privately(
        self, turn: Turn, state: ConversationState, *, is_hidden: bool
    ) -> Message:
        """The words move to the private chat of who pressed; the group sees none of them."""
        store: Store = turn.store
        event, now = turn.event, turn.clock.now()
        if not state.last_text:
            payload = "confidential" if is_hidden else "contact"
            return ask_privately(turn, self._settings, payload)
        moved = replace(state, ref="", wish="hidden" if is_hidden else "named")
        account = event.author.id
        await store.conversations.set(private_chat(turn), account, moved, now)
        await store.conversations.set(event.conversation, account, ConversationState(), now)
        return ask_privately(turn, self._settings, PERSON)

    async def questions(self, turn: Turn) -> Reply:
        """What is open for contacts, and for everybody else their own questions."""
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "questions")
        is_staff = turn.member.role >= Role.SECRETARIAT
        if not is_staff and contact_of(self._library, turn.event.author) is None:
            return await self._mine.list(turn)
        store: Store = turn.store
        _ = turn._
        waiting = await store.questions.list_open(LISTED)
        if not waiting:
            return Message(text=_("No question is open."), is_ephemeral=True)
        total = await store.questions.count_open()
        parts = [self._listed(turn, question) for question in waiting]
        title = _.plural("{count} open question", "{count} open questions", total)
        return Message(title=title, text="\n\n".join(parts), is_ephemeral=True)

    def contact_lines(self, topic: str | None, language: str) -> str:
        """Names and addresses of those who take a topic."""
        return "\n".join(
            f"- {escape(contact.name)}: {escape(contact.email)}"
            + (f" ({escape(contact.note)})" if contact.note else "")
            for contact in self._library.contacts(topic, language)
        )

    def _listed(self, turn: Turn, question: Question) -> str:
        described = rendering.describe(question, self._library, turn._)
        owner = self._opening.owner_of(question)
        state = state_word(question.state, turn._)
        return f"{described}\n*{escape(owner)} · {state}*" if owner else described

    def _topic(self, article_id: str | None) -> str | None:
        article = self._library.article(article_id) if article_id else None
        return article.topic if article is not None else None

    def _receipt(self, turn: Turn, question: Question) -> Message:
        _ = turn._
        text = _(
            "Thank you. Your question has the number **{number}** and waits for the secretariat. "
            "A person has to read it; I cannot say how long that takes.",
            number=question.number,
        )
        if question.is_confidential:
            text += " " + _("Whoever answers does not see your name.")
        if not _is_private(turn):
            text += " " + _("The answer comes to you in a private message.")
        addresses = _(
            "If it cannot wait, write to the network's contacts:\n{contacts}",
            contacts=Raw(self.contact_lines(None, _.language)),
        )
        return Message(
            text=f"{text}\n\n{addresses}",
            rows=(self._show_button(turn, question),),
            is_ephemeral=not _is_private(turn),
        )

    @staticmethod
    def _show_button(turn: Turn, question: Question) -> Row:
        action = Action(rendering.MINE, "show", str(question.number))
        return (Button(label=turn._("My question"), action=action),)


def _is_private(turn: Turn) -> bool:
    return turn.event.conversation.is_private
