"""The contacts' side: a plain reply answers, #note stays inside, buttons do the rest."""

from __future__ import annotations

import re
from typing import Final

from bot.chat.events import ActionPressed, FormSubmitted, MessageReceived
from bot.chat.markup import escape
from bot.chat.messages import Message, Notice
from bot.chat.routes import ABOUT, Routes
from bot.chat.turn import Reply, Turn
from bot.desk.relaying import Relay
from bot.desk.rendering import DESK
from bot.desk.staff import Staff, contact_named, staff_of
from bot.store import Store
from bot.store.question_messages import Kind
from bot.store.questions import Question
from handlers import desk_forms
from handlers.desk_canned import Canned
from handlers.desk_history import history
from handlers.desk_merging import going_on, merge
from handlers.desk_moving import Moving
from handlers.desk_opening import stored_files
from handlers.desk_texts import told
from knowledge.library import Library

_TAG: Final = re.compile(
    r"^[\s•*\\-]*#(note|close|reopen|take|assign|find|send)\b[ \t:]*", re.IGNORECASE
)
"""The first word, also where it was copied with the bullet of a list, or escaped."""


def is_tagged(text: str) -> bool:
    """Whether what a contact wrote is for the contacts or the assistant, not for the asker."""
    return _TAG.match(text) is not None


def _first_line(text: str) -> str:
    return text.partition("\n")[0].strip()


class DeskStaff:
    """Whoever is no contact is told so at each of these doors."""

    def __init__(self, library: Library, relay: Relay, moving: Moving) -> None:
        self._library = library
        self._relay = relay
        self._moving = moving
        self._canned = Canned(library, self._keep_canned)

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(DESK, self.pressed)
        routes.add_form(desk_forms.NOTE, self.noted)
        routes.add_form(desk_forms.ANSWER, self.answered)
        routes.add_form(desk_forms.HAND, self.handed)
        routes.add_form(desk_forms.MERGE, self.merged)
        routes.add_form(desk_forms.FIND, self.found)

    async def spoke(self, turn: Turn, question: Question) -> Reply:
        """A message at a question's place: an answer, or what its first word says."""
        assert isinstance(turn.event, MessageReceived)
        staff = self._staff(turn)
        if staff is None:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        event = turn.event
        words = event.markup or escape(event.text)
        tag = _TAG.match(event.text)
        if event.is_automatic:
            # A holiday notice is worth knowing, and no answer.
            return await self._keep(turn, question, staff, "note", words)
        if tag is None:
            return await self._keep(turn, question, staff, "contact", words)
        rest = _TAG.sub("", words, count=1)
        match tag[1].lower():
            case "note":
                return await self._keep(turn, question, staff, "note", rest)
            case "close":
                return await self._close(turn, question, staff)
            case "take" | "assign" if not question.is_alive:
                return told(turn, turn._("That question is closed."))
            case "take":
                return await self._take(turn, question, staff)
            case "assign":
                return await self._assign(turn, question, staff, event.text[tag.end() :])
            case "find":
                return self._canned.find(turn, question, _first_line(event.text[tag.end() :]))
            case "send":
                mark = _first_line(event.text[tag.end() :])
                return await self._canned.send(turn, question, staff, mark)
        return await self._reopen(turn, question, staff)

    async def pressed(self, turn: Turn) -> Reply:
        """A button at a question's head."""
        assert isinstance(turn.event, ActionPressed)
        staff = self._staff(turn)
        if staff is None:
            return Notice(text=self._refusal(turn))
        verb, *args = turn.event.action.args or ("",)
        question = await self._question(turn, args[0] if args else "")
        if question is None:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        _ = turn._
        match verb:
            case "take" | "hand" if not question.is_alive:
                return Notice(text=_("That question is closed."))
            case "take":
                return await self._take(turn, question, staff)
            case "answer":
                return desk_forms.answer(question, _)
            case "note":
                return desk_forms.note(question, _)
            case "find":
                return desk_forms.find(question, _)
            case "hand":
                return desk_forms.hand(question, self._library.everyone, _)
            case "merge":
                return desk_forms.merge(question, _)
            case "close":
                return await self._close(turn, question, staff)
            case "reopen":
                return await self._reopen(turn, question, staff)
            case "history":
                return await history(turn, self._library, question)
            case "send" if len(args) == 2:
                return await self._canned.send(turn, question, staff, args[1])
        return Notice(text=_("This button no longer works. Please ask again."))

    async def noted(self, turn: Turn) -> Reply:
        """An internal note from the form."""
        staff, question, text = await self._submitted(turn)
        if staff is None or question is None or not text:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        return await self._keep(turn, question, staff, "note", escape(text))

    async def found(self, turn: Turn) -> Reply:
        """Words to look for, from the form; what is found stands where all contacts see it."""
        staff, question, text = await self._submitted(turn)
        if staff is None or question is None:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        return self._canned.find(turn, question, text)

    async def answered(self, turn: Turn) -> Reply:
        """An answer from the form, for places where a plain reply does not reach us."""
        staff, question, text = await self._submitted(turn)
        if staff is None or question is None or not text:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        said = await self._keep(turn, question, staff, "contact", escape(text))
        return said or Message(text=turn._("Sent to the asker."), is_ephemeral=True)

    async def handed(self, turn: Turn) -> Reply:
        """Another contact was chosen."""
        staff, question, text = await self._submitted(turn)
        contact = next((each for each in self._library.everyone if each.id == text), None)
        if staff is None or question is None or contact is None or not question.is_alive:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        await self._moving.hand_on(turn, question, staff, contact)
        return Message(text=turn._("{name} has it now.", name=contact.name), is_ephemeral=True)

    async def merged(self, turn: Turn) -> Reply:
        """The number of the question that goes on was given."""
        staff, question, text = await self._submitted(turn, is_held=False)
        if staff is None or question is None:
            return Message(text=self._refusal(turn), is_ephemeral=True)
        other = text.lstrip("# ")
        into = int(other) if other.isdecimal() and len(other) <= 12 else 0
        return await merge(turn, self._moving, staff, question.number, into)

    async def _keep(
        self,
        turn: Turn,
        question: Question,
        staff: Staff,
        kind: Kind,
        words: str,
        *,
        is_written: bool = True,
    ) -> Reply:
        """Store what a contact wrote; an answer goes to the asker, all of it to other desks.

        ``is_written``: the words are those of the message, not what it or a press asked for.
        """
        store: Store = turn.store
        question = await going_on(store, question)
        event, now = turn.event, turn.clock.now()
        files = stored_files(turn) if is_written else []
        if not words and not files:
            return Message(text=turn._("There is nothing in it to pass on."), is_ephemeral=True)
        if kind == "contact" and not question.person_id:
            return Message(text=turn._("The asker has been forgotten; nobody can be told."))
        spoken = event if is_written and isinstance(event, MessageReceived) else None
        album = spoken.album if spoken is not None else None
        if album is not None and files:
            begun = await store.question_messages.in_album(question.number, album)
            if begun is not None:
                await store.question_messages.add_file(begun, files[0], words)
                grown = await store.question_messages.get(begun.id)
                assert grown is not None
                await self._relay.refresh(store, grown, question, now)
                return None
        message = await store.question_messages.add(
            question.number,
            kind=kind,
            person_id=staff.person_id,
            author=staff.name,
            text=words,
            files=files,
            album=album,
            now=now,
        )
        if spoken is not None:
            await store.question_copies.note_origin(
                message.id, spoken.conversation, spoken.message_id, is_marked=kind == "contact"
            )
        turn.notes["question"] = str(question.number)
        # Who asks for it by mail is answered anyway, and needs no second mail.
        is_there = spoken is not None or event.conversation.platform == "email"
        written_in = event.conversation if is_there else None
        if kind == "note":
            await self._relay.to_desks(store, message, question, now, written_in=written_in)
            return None if spoken is not None else Message(text=turn._("Noted."), is_ephemeral=True)
        await self._moving.answered(turn, question, staff)
        await self._relay.to_asker(store, message, question, now)
        await self._relay.to_desks(store, message, question, now, written_in=written_in)
        return None

    async def _keep_canned(self, turn: Turn, question: Question, staff: Staff, words: str) -> Reply:
        return await self._keep(turn, question, staff, "contact", words, is_written=False)

    async def _take(self, turn: Turn, question: Question, staff: Staff) -> Reply:
        is_new = await self._moving.take(turn, question, staff)
        return told(turn, turn._("It is yours.") if is_new else turn._("You have it."))

    async def _assign(self, turn: Turn, question: Question, staff: Staff, text: str) -> Reply:
        """``#assign`` and a name, or the beginning of one, in the first line."""
        contact = contact_named(self._library, _first_line(text))
        if contact is None:
            names = ", ".join(each.name for each in self._library.everyone)
            return told(turn, turn._("Whom do you mean? The contacts are: {names}.", names=names))
        await self._moving.hand_on(turn, question, staff, contact)
        return told(turn, turn._("{name} has it now.", name=contact.name))

    async def _close(self, turn: Turn, question: Question, staff: Staff) -> Reply:
        if not question.is_alive:
            return told(turn, turn._("That question is closed."))
        await self._moving.close(turn, question, "answered", by=staff.id)
        return told(turn, turn._("Closed; the asker is told."))

    async def _reopen(self, turn: Turn, question: Question, staff: Staff) -> Reply:
        if question.state != "closed" or question.merged_into is not None:
            return told(turn, turn._("That question is open."))
        await self._moving.reopen(turn, question, by=staff.id)
        return told(turn, turn._("Open again."))

    async def _submitted(
        self, turn: Turn, *, is_held: bool = True
    ) -> tuple[Staff | None, Question | None, str]:
        assert isinstance(turn.event, FormSubmitted)
        number = turn.event.form.partition(ABOUT)[2]
        staff = self._staff(turn)
        question = await self._question(turn, number, is_held=is_held)
        return staff, question, turn.event.value("text").strip()

    async def _question(self, turn: Turn, number: str, *, is_held: bool = True) -> Question | None:
        """The question as it stands, held against others who press at the same moment."""
        store: Store = turn.store
        if not number.isdecimal() or len(number) > 12:
            return None
        found = store.questions.hold if is_held else store.questions.get
        question = await found(int(number))
        return None if question is None or question.state == "forgotten" else question

    def _staff(self, turn: Turn) -> Staff | None:
        return staff_of(self._library, turn.event.author, turn.member)

    def _refusal(self, turn: Turn) -> str:
        if self._staff(turn) is not None:
            # The question went while its form was open.
            return turn._("This button no longer works. Please ask again.")
        return turn._(
            "Only contacts of the network can do this, so nothing was passed on. An administrator "
            "can add the account {account}.",
            account=f"{turn.event.author.platform}:{turn.event.author.id}",
        )
