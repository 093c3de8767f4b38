"""A question becomes a number at the desk: stored, routed, and told to whoever answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.markup import escape
from bot.chat.turn import Turn
from bot.desk import rendering
from bot.desk.relaying import Relay
from bot.desk.staff import name_of
from bot.store import Store
from bot.store.question_messages import StoredFile
from bot.store.questions import Question
from handlers.discretion import private_chat
from knowledge.library import Library
from knowledge.routing import Matter, Situation, route


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is known when a question is put to people. ``words`` is the text as markup."""

    text: str
    words: str = ""
    first_text: str = ""
    candidates: tuple[str, ...] = ()
    topic: str | None = None
    is_urgent: bool = False
    is_confidential: bool = False
    files: tuple[StoredFile, ...] = ()
    album: str | None = None
    message_ref: str | None = None
    """The platform's number of the message, so that a change of it can be followed."""


class Opening:
    """Everything happens in the asker's own transaction."""

    def __init__(self, library: Library, relay: Relay) -> None:
        self._library = library
        self._relay = relay

    async def open(self, turn: Turn, draft: Draft) -> Question:
        """Store the question with its outbox rows."""
        store: Store = turn.store
        now = turn.clock.now()
        where = turn.event.conversation
        is_unseen = draft.is_confidential or isinstance(turn.event, FormSubmitted | ActionPressed)
        if is_unseen and not where.is_private:
            # That it was put to people nobody else has seen, so the answer is for no other eyes.
            where = private_chat(turn)
        member = await store.memberships.get(turn.member.id)
        country = member.country if member is not None else None
        text, first_text = draft.text, draft.first_text
        if draft.is_confidential:
            text, first_text = rendering.coarse(text), rendering.coarse(first_text)
        number = await store.questions.open(
            person_id=turn.member.id,
            where=where,
            text=text,
            first_text=first_text,
            candidates=draft.candidates,
            language=turn._.language,
            topic=draft.topic,
            country=country,
            is_urgent=draft.is_urgent,
            is_confidential=draft.is_confidential,
            now=now,
        )
        message = await store.question_messages.add(
            number,
            kind="asker",
            person_id=turn.member.id,
            text=draft.words or escape(text),
            language=turn._.language,
            files=draft.files,
            album=draft.album,
            now=now,
        )
        if draft.message_ref is not None:
            await store.question_copies.note_origin(message.id, where, draft.message_ref)
        await store.question_events.add(number, "opened", now, person_id=turn.member.id)
        await self._route(turn, number, draft, country)
        question = await store.questions.get(number)
        assert question is not None
        await self._relay.place(store, question, now)
        turn.notes["question"] = str(number)
        return question

    def owner_of(self, question: Question) -> str:
        """The name of whoever has it, or an empty string."""
        return name_of(self._library, question.owner)

    async def _route(self, turn: Turn, number: int, draft: Draft, country: str | None) -> None:
        store: Store = turn.store
        now = turn.clock.now()
        matter = Matter(
            topic=draft.topic,
            language=turn._.language,
            country=country,
            is_urgent=draft.is_urgent,
        )
        situation = Situation(
            now=now,
            away=frozenset(await store.contact_absences.away(now)),
            load=await store.questions.load(),
        )
        choice = route(matter, self._library.everyone, situation)
        owner = choice.contact.id if choice.contact is not None else None
        await store.questions.change(number, now, owner=owner, due_at=choice.due)
        if owner is not None:
            await store.question_events.add(number, "routed", now, detail=owner)


def stored_files(turn: Turn) -> Sequence[StoredFile]:
    """The files of a message event."""
    event = turn.event
    files = getattr(event, "files", ())
    return tuple(StoredFile.received(event.conversation.platform, file) for file in files)
