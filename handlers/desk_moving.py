"""A question moves on: taken, handed on, answered, closed, opened again, joined with another."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.turn import Turn
from bot.desk.relaying import Relay
from bot.desk.staff import Staff
from bot.store import Store
from bot.store.questions import Question
from bot.translating import translator
from knowledge.library import Library
from knowledge.model import Contact
from knowledge.routing import due_time

SILENCE: Final = timedelta(days=7)
"""How long an answered question waits for the asker before a warning."""


class Moving:
    """Each step is written into the history, told to both sides, and sets what falls due next."""

    def __init__(self, library: Library, relay: Relay) -> None:
        self._library = library
        self._relay = relay
        self._ = relay.words

    async def take(self, turn: Turn, question: Question, staff: Staff) -> bool:
        """Somebody works on it; False where they did already."""
        if question.owner == staff.id and question.state != "open":
            return False
        store: Store = turn.store
        now = turn.clock.now()
        state = "assigned" if question.state in ("open", "closed") else question.state
        await store.questions.change(question.number, now, owner=staff.id, state=state, nudges=0)
        await self._note(turn, question, "claimed", staff.id)
        told = self._("{name} takes this question.", name=staff.name)
        await self._tell_desks(turn, question, told)
        if question.state == "open":
            translate = translator(question.language)
            text = translate(
                "{name} has taken your question {number}. From now on what you write here goes "
                "to a person; begin with /ask to ask me.",
                name=staff.name,
                number=question.number,
            )
            await self._tell_asker(turn, question, text)
        await self._renamed(turn, question.number)
        return True

    async def hand_on(self, turn: Turn, question: Question, staff: Staff, to: Contact) -> None:
        """Give it to another contact, who is written to."""
        store: Store = turn.store
        now = turn.clock.now()
        due = due_time(to, question.is_urgent, now)
        await store.questions.change(question.number, now, owner=to.id, nudges=0, due_at=due)
        await self._note(turn, question, "assigned", staff.id, detail=to.id)
        told = self._("{name} hands this question on to {other}.", name=staff.name, other=to.name)
        await self._tell_desks(turn, question, told)
        fresh = await self._fresh(turn, question.number)
        await self._relay.write_to(store, fresh, to, now)
        translate = translator(question.language)
        text = translate(
            "Your question {number} is with {name} now.", name=to.name, number=question.number
        )
        await self._tell_asker(turn, question, text)

    async def answered(self, turn: Turn, question: Question, staff: Staff) -> None:
        """A contact spoke to the asker; who answers first has the question."""
        store: Store = turn.store
        now = turn.clock.now()
        if question.state == "closed":
            await self._note(turn, question, "reopened", staff.id)
        owner = question.owner if question.is_owned else staff.id
        await store.questions.change(
            question.number,
            now,
            state="waiting",
            owner=owner,
            contact_at=now,
            answered_at=question.answered_at or now,
            warned_at=None,
            closed_at=None,
            outcome=None,
            nudges=0,
            due_at=now + SILENCE,
        )
        await self._note(turn, question, "answered", staff.id)
        await self._renamed(turn, question.number)

    async def asker_spoke(self, turn: Turn, question: Question) -> None:
        """The asker waits again; no silence closes the question now."""
        store: Store = turn.store
        now = turn.clock.now()
        contact = next((c for c in self._library.everyone if c.id == question.owner), None)
        state = "assigned" if question.state == "waiting" else question.state
        values = {"state": state} if state != "closed" else {}
        due = due_time(contact, question.is_urgent, now)
        if question.state == "open" and question.due_at is not None:
            due = question.due_at
        await store.questions.change(
            question.number, now, asker_at=now, warned_at=None, nudges=0, due_at=due, **values
        )
        await self._renamed(turn, question.number)

    async def close(self, turn: Turn, question: Question, outcome: str, *, by: str) -> None:
        """End it; ``by`` is the contact's id, or empty for the asker."""
        store: Store = turn.store
        now = turn.clock.now()
        await store.questions.change(
            question.number, now, state="closed", outcome=outcome, closed_at=now, due_at=None
        )
        await self._note(turn, question, "withdrawn" if outcome == "withdrawn" else "closed", by)
        if by:
            translate = translator(question.language)
            text = translate(
                "Your question {number} is closed. If something is still open, reply to any of "
                "its messages, and it goes on under the same number.",
                number=question.number,
            )
            await self._tell_asker(turn, question, text)
            told = self._("This question is closed.")
        elif outcome == "withdrawn":
            told = self._("The asker took the question back.")
        else:
            told = self._("The asker says that it is settled.")
        await self._tell_desks(turn, question, told)
        await self._renamed(turn, question.number)

    async def reopen(self, turn: Turn, question: Question, *, by: str = "") -> None:
        """It goes on under the same number."""
        store: Store = turn.store
        now = turn.clock.now()
        contact = next((c for c in self._library.everyone if c.id == question.owner), None)
        await store.questions.change(
            question.number,
            now,
            state="assigned" if question.contact_at is not None else "open",
            outcome=None,
            closed_at=None,
            warned_at=None,
            nudges=0,
            asker_at=now,
            due_at=due_time(contact, question.is_urgent, now),
        )
        await self._note(turn, question, "reopened", by)
        told = self._("This question is open again.")
        await self._tell_desks(turn, question, told)
        await self._renamed(turn, question.number)

    async def merge(self, turn: Turn, question: Question, into: Question, staff: Staff) -> None:
        """Two questions of one asker are one from now on."""
        store: Store = turn.store
        now = turn.clock.now()
        told = self._("This goes on as question {number}.", number=into.number)
        await self._tell_desks(turn, question, told)
        await store.question_messages.move(question.number, into.number)
        await store.questions.change(
            question.number,
            now,
            state="closed",
            outcome="merged",
            merged_into=into.number,
            closed_at=now,
            due_at=None,
        )
        await self._note(turn, question, "merged", staff.id, detail=str(into.number))
        await self._note(turn, into, "merged", staff.id, detail=str(question.number))
        for place in await store.desk_threads.of(into.number):
            if place.state == "open":
                await self._relay.fill(store, into, place, now)
        await self._renamed(turn, question.number)

    async def _tell_desks(self, turn: Turn, question: Question, text: str) -> None:
        where = turn.event.conversation
        now = turn.clock.now()
        await self._relay.say(turn.store, question, kind="bot", text=text, now=now, asked_in=where)

    async def _tell_asker(self, turn: Turn, question: Question, text: str) -> None:
        store: Store = turn.store
        await self._relay.say(
            store,
            question,
            kind="bot",
            text=text,
            now=turn.clock.now(),
            is_for_asker=True,
            is_for_desks=False,
        )

    async def _note(
        self, turn: Turn, question: Question, kind: str, actor: str, detail: str = ""
    ) -> None:
        store: Store = turn.store
        await store.question_events.add(
            question.number,
            kind,
            turn.clock.now(),
            person_id=turn.member.id,
            actor=actor,
            detail=detail,
        )

    async def _renamed(self, turn: Turn, number: int) -> None:
        await self._relay.rename(turn.store, await self._fresh(turn, number), turn.clock.now())

    async def _fresh(self, turn: Turn, number: int) -> Question:
        store: Store = turn.store
        question = await store.questions.get(number)
        assert question is not None
        return question
