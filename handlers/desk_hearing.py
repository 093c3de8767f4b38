"""Is this message part of a question? Then it goes there, and the assistant keeps quiet.

A message at a desk belongs to the thread's question, or to the one that it answers. One of an
asker belongs to the question that it answers, to the one a person is working on in this chat, or
to one that was opened with a picture and has no words yet.
"""

from __future__ import annotations

from typing import Final

from bot.chat.events import MessageDeleted, MessageEdited, MessageReceived
from bot.chat.markup import escape
from bot.chat.messages import Message
from bot.chat.turn import Reply, Turn
from bot.desk.relaying import Relay
from bot.store import Store
from bot.store.questions import Question
from handlers.desk_mine import Mine
from handlers.desk_opening import stored_files
from handlers.desk_staff import DeskStaff, is_tagged
from handlers.discretion import private_chat

Heard = tuple[Reply]
"""A reply, wrapped so that "nothing to say" differs from "not meant for a question"."""
SILENCE: Final[Heard] = (None,)


class Hearing:
    """Looks at messages, changes and deletions before anything else does."""

    def __init__(self, relay: Relay, mine: Mine, staff: DeskStaff) -> None:
        self._relay = relay
        self._mine = mine
        self._staff = staff

    async def message(self, turn: Turn) -> Heard | None:
        """What to reply, or None where the message is for the assistant."""
        assert isinstance(turn.event, MessageReceived)
        at_desk = await self._held(turn, await self._at_desk(turn))
        if at_desk is not None:
            turn.notes["decision"] = "desk"
            return (await self._staff.spoke(turn, at_desk),)
        if not turn.event.is_addressed:
            return SILENCE
        question = await self._held(turn, await self._asked(turn))
        if question is None:
            return None
        turn.notes["decision"] = "relayed"
        return await self._added(turn, question)

    async def edited(self, turn: Turn) -> Reply:
        """Follow a change of what was relayed."""
        event, store, now = turn.event, turn.store, turn.clock.now()
        assert isinstance(event, MessageEdited)
        copy = await store.question_copies.find(event.conversation, event.message_id)
        if copy is None or not copy.is_origin:
            return None
        message = await store.question_messages.get(copy.message)
        if message is None or message.person_id != turn.member.id or message.deleted_at:
            return None
        if message.kind == "contact" and is_tagged(event.text):
            text = turn._(
                "The asker has this already, so it stays as it was. Please write the note as a "
                "new message."
            )
            return Message(text=text, is_ephemeral=True)
        text = escape(event.text)
        if message.kind == "note":
            text = text.removeprefix(escape("#note")).strip()
        await store.question_messages.edit(message.id, text, now)
        if await store.question_messages.is_first(message):
            await store.questions.change(copy.question, now, text=event.text)
        if message.kind == "asker":
            question = await store.questions.hold(copy.question)
            assert question is not None
            await self._mine.reworded(turn, question)
        await self._relay.follow(store, now, copy.question)
        return None

    async def deleted(self, turn: Turn) -> Reply:
        """Take back what its author has deleted."""
        event, store, now = turn.event, turn.store, turn.clock.now()
        assert isinstance(event, MessageDeleted)
        copy = await store.question_copies.find(event.conversation, event.message_id)
        if copy is None or not copy.is_origin:
            return None
        message = await store.question_messages.get(copy.message)
        if message is not None and await store.question_messages.is_first(message):
            await store.questions.change(copy.question, now, text="", first_text="")
        await store.question_messages.delete(copy.message, now)
        await self._relay.follow(store, now, copy.question)
        return None

    async def _held(self, turn: Turn, question: Question | None) -> Question | None:
        """As it stands, while nobody else moves it: two may answer at the same moment."""
        store: Store = turn.store
        return None if question is None else await store.questions.hold(question.number)

    async def _at_desk(self, turn: Turn) -> Question | None:
        event = turn.event
        assert isinstance(event, MessageReceived)
        store: Store = turn.store
        where = event.conversation
        if not where.is_private or where.platform == "email":
            place = await store.desk_threads.at(where)
            if place is not None:
                return await store.questions.get(place.question)
        if event.replied_to is None:
            return None
        number = await store.question_copies.number_at(where, event.replied_to)
        question = None if number is None else await store.questions.get(number)
        if question is None or not await store.desk_threads.is_place(question.number, where):
            return None
        # Somebody who asks and answers in one chat: what was said to the asker is the asker's.
        copy = await store.question_copies.find(where, event.replied_to)
        is_own = question.person_id == turn.member.id and question.where.key == where.key
        if is_own and copy is not None and await self._is_answer(turn, copy.message):
            return None
        return question

    async def _is_answer(self, turn: Turn, message_id: int) -> bool:
        store: Store = turn.store
        message = await store.question_messages.get(message_id)
        return message is not None and message.kind in ("contact", "bot")

    async def _asked(self, turn: Turn) -> Question | None:
        """The person's own question that the message belongs to."""
        event = turn.event
        assert isinstance(event, MessageReceived)
        store: Store = turn.store
        where = event.conversation
        # An answer may have gone to the account before its private chat had a number.
        places = dict.fromkeys((where, private_chat(turn)) if where.is_private else (where,))
        for place in places if event.replied_to is not None else ():
            number = await store.question_copies.number_at(place, event.replied_to or "")
            question = None if number is None else await store.questions.get(number)
            if question is not None and question.person_id == turn.member.id:
                return question
        if not where.is_private or not turn.member.has_questions:
            return None
        for place in places:
            owned = await store.questions.owned_in(place, turn.member.id)
            if owned is not None:
                return owned
        return await store.questions.wordless_in(where, turn.member.id, event.album)

    async def _added(self, turn: Turn, question: Question) -> Heard:
        event = turn.event
        assert isinstance(event, MessageReceived)
        store: Store = turn.store
        words = event.markup or escape(event.text)
        files = stored_files(turn)
        if event.album is not None and files:
            begun = await store.question_messages.in_album(question.number, event.album)
            if begun is not None:
                now = turn.clock.now()
                await store.question_messages.add_file(begun, files[0], words)
                grown = await store.question_messages.get(begun.id)
                assert grown is not None
                await self._relay.refresh(store, grown, question, now)
                return SILENCE
        if not words and not files:
            text = turn._("I could not read that. Please write it, or send a picture or a file.")
            return (Message(text=text),)
        is_first = question.contact_at is None or question.state != "assigned"
        await self._mine.add(turn, question, words)
        if not question.text and event.text:
            await store.questions.change(question.number, turn.clock.now(), text=event.text)
        if not is_first and question.is_alive and question.text:
            return SILENCE
        _ = turn._
        if not question.is_alive:
            text = _(
                "Question {number} is open again, and your words are passed on.",
                number=question.number,
            )
        else:
            text = _("Passed on with question {number}.", number=question.number)
        if question.is_owned:
            text += " " + _("A person has it, so I keep quiet here; /ask reaches me.")
        return (Message(text=text, is_ephemeral=True),)
