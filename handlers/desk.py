"""Questions for people: hand-over, the contact form, and what the secretariat sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.events import ConversationRef, FormSubmitted
from bot.chat.forms import Field, Form
from bot.chat.markup import Raw, escape
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.store import Store
from bot.store.conversations import ConversationState
from bot.store.questions import Question
from handlers.descriptions import N_, Translators, in_all
from knowledge.answering import Query
from knowledge.library import Library
from knowledge.model import LANGUAGES
from knowledge.urgent import emergency_text

FORM: Final = "contact"
QUESTION_LIMIT: Final = 2000
LISTED: Final = 10


class Desk:
    """Stores a question with its outbox rows in the asker's own transaction.

    ``desks`` are the chats of the configuration; terminals of the secretariat that are open
    count too.
    """

    def __init__(
        self, library: Library, desks: Sequence[ConversationRef], translators: Translators
    ) -> None:
        self._library = library
        self._desks = tuple(desks)
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        contact = CommandSpec(
            name="contact",
            descriptions=in_all(self._translators, N_("Put a question to the secretariat")),
        )
        questions = CommandSpec(
            name="questions",
            descriptions=in_all(self._translators, N_("Open questions (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
        )
        routes.add_command(contact, self.contact)
        routes.add_command(questions, self.questions)
        routes.add_action("person", self.hand_over)
        routes.add_form(FORM, self.submitted)

    async def contact(self, turn: Turn) -> Reply:
        """Ask for the question in a form."""
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

    async def submitted(self, turn: Turn) -> Reply:
        """The form was filled in."""
        assert isinstance(turn.event, FormSubmitted)
        text = turn.event.value("question")
        if not text:
            return await self.contact(turn)
        outcome = self._library.decide(Query(text=text, language=turn.member.language))
        if outcome.decision == "urgent":
            # Nobody may be at the desk for hours: what to do now cannot wait for a person.
            turn.notes["decision"] = outcome.decision
            if turn.member.language is None and outcome.language in LANGUAGES:
                turn = turn.changed(_=self._translators(outcome.language))
            return await self.urgent(turn, text)
        return self._receipt(turn, await self.open(turn, text=text))

    async def urgent(self, turn: Turn, text: str) -> Message:
        """What to do at once, and the message flagged for the secretariat."""
        number = await self.open(turn, text=text, is_urgent=True)
        note = turn._("Your message has the number {number} at the secretariat.", number=number)
        contacts = self.contact_lines(None, turn._.language)
        return Message(
            text=f"{emergency_text(turn._.language)}\n\n{note}\n{contacts}",
            direction="rtl" if turn._.language == "ar" else "ltr",
        )

    async def hand_over(self, turn: Turn) -> Reply:
        """ "Ask a person": with the question that was just asked, if there was one."""
        store: Store = turn.store
        event = turn.event
        state = await store.conversations.get(event.conversation, event.author.id)
        if not state.last_text:
            return await self.contact(turn)
        topic = None
        if state.last_article and (article := self._library.article(state.last_article)):
            topic = article.topic
        number = await self.open(
            turn,
            text=state.last_text,
            first_text=state.missed_text if state.missed_text != state.last_text else "",
            candidates=state.candidates or tuple(filter(None, (state.last_article,))),
            topic=topic,
        )
        # What was handed over is done; a second press asks for a new question.
        await store.conversations.set(
            event.conversation, event.author.id, ConversationState(), turn.clock.now()
        )
        return self._receipt(turn, number)

    async def questions(self, turn: Turn) -> Reply:
        """What is open, for the secretariat."""
        store: Store = turn.store
        _ = turn._
        waiting = await store.questions.list_open(LISTED)
        if not waiting:
            return Message(text=_("No question is open."), is_ephemeral=True)
        total = await store.questions.count_open()
        parts = [self._describe(question, _) for question in waiting]
        title = _.plural("{count} open question", "{count} open questions", total)
        return Message(title=title, text="\n\n".join(parts), is_ephemeral=True)

    async def open(
        self,
        turn: Turn,
        *,
        text: str,
        first_text: str = "",
        candidates: tuple[str, ...] = (),
        topic: str | None = None,
        is_urgent: bool = False,
    ) -> int:
        """Store a question, queue it for every desk, and return its number."""
        store: Store = turn.store
        now = turn.clock.now()
        number = await store.questions.open(
            person_id=turn.member.id,
            where=turn.event.conversation,
            text=text,
            first_text=first_text,
            candidates=candidates,
            language=turn._.language,
            topic=topic,
            is_urgent=is_urgent,
            now=now,
        )
        question = await store.questions.get(number)
        assert question is not None
        told = Message(text=self._describe(question, self._translators("en")))
        for desk in (*self._desks, *await store.chats.desks("console")):
            await store.outbox.add(
                f"question:{number}", desk, told, lane=Lane.RELAY, on_unknown="resend", now=now
            )
        turn.notes["question"] = str(number)
        return number

    def contact_lines(self, topic: str | None, language: str) -> str:
        """Names and addresses of those who take a topic."""
        return "\n".join(
            f"- {escape(contact.name)}: {escape(contact.email)}"
            + (f" ({escape(contact.note)})" if contact.note else "")
            for contact in self._library.contacts(topic, language)
        )

    def _receipt(self, turn: Turn, number: int) -> Message:
        _ = turn._
        text = _(
            "Thank you. Your question has the number **{number}** and waits for the secretariat. "
            "A person has to read it; I cannot say how long that takes.",
            number=number,
        )
        addresses = _(
            "If it cannot wait, write to the network's contacts:\n{contacts}",
            contacts=Raw(self.contact_lines(None, _.language)),
        )
        return Message(text=f"{text}\n\n{addresses}", is_ephemeral=not _is_private(turn))

    def _describe(self, question: Question, _: Translate) -> str:
        heading = _("Question {number}", number=question.number)
        if question.is_urgent:
            heading = "🔴 " + _("URGENT") + f" · {heading}"
        lines = [
            f"**{heading}** · {question.language} · {question.where.platform} · "
            f"{escape(question.asker)}",
            escape(question.text),
        ]
        if question.first_text:
            lines.append(_("*First asked as:* {text}", text=question.first_text))
        titles = [
            article.texts["en"].title
            for key in question.candidates
            if (article := self._library.article(key)) is not None
        ]
        if titles:
            lines.append(_("*Shown by me:* {titles}", titles="; ".join(titles)))
        return "\n".join(lines)


def _is_private(turn: Turn) -> bool:
    return turn.event.conversation.is_private
