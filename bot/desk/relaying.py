"""What goes where: questions to the desks, answers to the asker, changes after them.

A message is kept first; each copy is then a row of the outbox in the same transaction. A copy
keeps the version that it shows, so that a later change is an edit of what has arrived, whoever
finds it first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.turn import Translate
from bot.desk import rendering
from bot.desk.staff import name_of
from bot.store import Store
from bot.store.desk_threads import DeskThread, ThreadState
from bot.store.question_messages import Kind, QuestionMessage
from bot.store.questions import Question
from bot.translating import translator
from knowledge.library import Library
from knowledge.model import Contact

DESK_LANGUAGE: Final = "en"
"""Of desks, where the settings name no other."""
ALBUM_WAIT: Final = timedelta(seconds=3)
"""How long the rest of an album is waited for; its pictures come one by one."""
THREADED: Final = frozenset({"telegram", "discord"})


class Relay:
    """``desks`` are the chats of the settings; open terminals of the secretariat count too.

    ``has_mail``: contacts are written to by e-mail as well. ``language`` is the desks'.
    """

    def __init__(
        self,
        library: Library,
        desks: Sequence[ConversationRef],
        *,
        has_mail: bool = False,
        language: str = DESK_LANGUAGE,
    ) -> None:
        self._library = library
        self._desks = tuple(desks)
        self._has_mail = has_mail
        self._words: Translate = translator(language)

    @property
    def desks(self) -> tuple[ConversationRef, ...]:
        """The chats of the settings."""
        return self._desks

    @property
    def words(self) -> Translate:
        """Into the language in which desks are written to."""
        return self._words

    async def place(self, store: Store, question: Question, now: datetime) -> None:
        """Give a new question its places; where it needs a thread, that is made later."""
        title = rendering.title(question)
        for desk in (*self._desks, *await store.chats.desks("console")):
            needs_thread = desk.platform in THREADED and not desk.thread_id and not desk.is_private
            state: ThreadState = "wanted" if needs_thread else "open"
            await store.desk_threads.put(question.number, desk, state=state, title=title, now=now)
        owner = next((each for each in self._library.everyone if each.id == question.owner), None)
        if owner is not None:
            await self.write_to(store, question, owner, now)
        for place in await store.desk_threads.of(question.number):
            if place.state == "open":
                await self.fill(store, question, place, now)

    async def write_to(
        self, store: Store, question: Question, contact: Contact, now: datetime
    ) -> None:
        """Take a contact in by e-mail, where mail is set up."""
        if not self._has_mail or not contact.email:
            return
        mailbox = ConversationRef(
            platform="email",
            chat_id=contact.email,
            thread_id=str(question.number),
            is_private=False,
        )
        title = rendering.title(question)
        await store.desk_threads.put(question.number, mailbox, state="open", title=title, now=now)
        for place in await store.desk_threads.of(question.number):
            if place.where == mailbox and not place.has_thread:
                await store.desk_threads.change(place, now, has_thread=True)
                await self.fill(store, question, place, now)

    async def fill(
        self, store: Store, question: Question, place: DeskThread, now: datetime
    ) -> None:
        """Send a place everything that was said and is not there; the question comes first."""
        messages = await store.question_messages.of(question.number)
        # One mail is enough: it quotes the others.
        for message in messages[:1] if place.platform == "email" else messages:
            copies = await store.question_copies.of(message.id)
            if all(copy.where.key != place.where.key for copy in copies):
                await self._copy(store, message, question, place.where, now)

    async def say(
        self,
        store: Store,
        question: Question,
        *,
        kind: Kind,
        text: str,
        now: datetime,
        is_for_asker: bool = False,
        is_for_desks: bool = True,
        asked_in: ConversationRef | None = None,
    ) -> QuestionMessage:
        """A message that nobody wrote in a chat (a note of the assistant, a canned answer).

        Who asked for it by mail is answered anyway, and needs no second mail: ``asked_in``.
        """
        message = await store.question_messages.add(question.number, kind=kind, text=text, now=now)
        if is_for_desks:
            mailbox = asked_in if asked_in is not None and asked_in.platform == "email" else None
            await self.to_desks(store, message, question, now, written_in=mailbox)
        if is_for_asker:
            await self.to_asker(store, message, question, now)
        return message

    async def to_desks(
        self,
        store: Store,
        message: QuestionMessage,
        question: Question,
        now: datetime,
        *,
        written_in: ConversationRef | None = None,
    ) -> None:
        """Copies to every place of a question but the one where the message was written."""
        for place in await store.desk_threads.of(question.number):
            is_origin = written_in is not None and place.where.key == written_in.key
            if place.state == "open" and not is_origin:
                await self._copy(store, message, question, place.where, now)

    async def to_asker(
        self, store: Store, message: QuestionMessage, question: Question, now: datetime
    ) -> None:
        """A copy to the conversation in which the question was asked."""
        if question.person_id and question.where.chat_id:
            await self._copy(store, message, question, question.where, now)

    async def follow(self, store: Store, now: datetime, number: int | None = None) -> int:
        """Queue the edits of copies that show an older version; returns how many."""
        copies = await store.question_copies.outdated(number)
        for copy in copies:
            message = await store.question_messages.get(copy.message)
            question = await store.questions.get(copy.question)
            if message is None or question is None or copy.ref is None:
                continue
            await store.question_copies.note_version(copy, message.version)
            is_asker = copy.where.key == question.where.key
            is_gone = message.deleted_at is not None and is_asker
            shown = await self._rendered(store, message, question, copy.where)
            await store.outbox.change(
                f"{copy.source}:v{message.version}",
                copy.where,
                copy.ref,
                None if is_gone else replace(shown, files=()),
                lane=Lane.RELAY,
                now=now,
            )
        return len(copies)

    async def rename(self, store: Store, question: Question, now: datetime) -> None:
        """The threads' names say how a question stands."""
        await store.desk_threads.rename(question.number, rendering.title(question), now)

    async def _copy(
        self,
        store: Store,
        message: QuestionMessage,
        question: Question,
        to: ConversationRef,
        now: datetime,
    ) -> None:
        source = await store.question_copies.queue(message, to)
        shown = await self._rendered(store, message, question, to)
        is_album = message.album is not None and message.edited_at is None
        due = message.created_at + ALBUM_WAIT if is_album else None
        await self._send(store, source, to, shown, now, due_at=due)

    async def _rendered(
        self, store: Store, message: QuestionMessage, question: Question, to: ConversationRef
    ) -> Message:
        if to.key == question.where.key and message.kind in ("contact", "bot"):
            return rendering.to_asker(message, question, translator(question.language))
        words = self._words_for(to)
        if await store.question_messages.is_first(message):
            owner = name_of(self._library, question.owner)
            is_mail = to.platform == "email"
            return rendering.head(message, question, owner, self._library, words, is_mail=is_mail)
        return rendering.to_desk(message, question, words)

    def _words_for(self, to: ConversationRef) -> Translate:
        """A mail is in the contact's first language; a desk has one for all."""
        if to.platform == "email":
            for contact in self._library.everyone:
                if contact.email.casefold() == to.chat_id.casefold() and contact.languages:
                    return translator(contact.languages[0])
        return self._words

    async def refresh(
        self, store: Store, message: QuestionMessage, question: Question, now: datetime
    ) -> None:
        """An album has grown: what has not left yet takes the new picture along."""
        for copy in await store.question_copies.of(message.id):
            if copy.is_origin or copy.source is None:
                continue
            shown = await self._rendered(store, message, question, copy.where)
            if not await store.outbox.replace(copy.source, shown, now):
                only_new = replace(shown, text="", files=shown.files[-1:])
                source = f"{copy.source}:file{len(message.files)}"
                await self._send(store, source, copy.where, only_new, now)

    @staticmethod
    async def _send(
        store: Store,
        source: str,
        to: ConversationRef,
        message: Message,
        now: datetime,
        due_at: datetime | None = None,
    ) -> None:
        await store.outbox.add(
            source, to, message, lane=Lane.RELAY, on_unknown="resend", now=now, due_at=due_at
        )
