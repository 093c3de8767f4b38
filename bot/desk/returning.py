"""A contact's mailbox takes no mail: somebody else gets the question, and the desks are told."""

from __future__ import annotations

from datetime import datetime

from bot.desk.relaying import Relay
from bot.store import Store
from bot.store.questions import Question
from knowledge.library import Library
from knowledge.model import Contact
from knowledge.routing import deputy_of, due_time


async def mail_came_back(
    store: Store, relay: Relay, library: Library, number: int, address: str, now: datetime
) -> bool:
    """Nothing more is sent to ``address`` about this question; False where that was known.

    Where its owner cannot be reached, the deputy gets it; without one the desks have it.
    """
    place = next(
        (
            each
            for each in await store.desk_threads.of(number)
            if each.platform == "email"
            and each.where.chat_id.casefold() == address.casefold()
            and each.state == "open"
        ),
        None,
    )
    question = await store.questions.get(number)
    if place is None or question is None:
        return False
    await store.desk_threads.change(place, now, state="refused")
    contact = next(
        (each for each in library.everyone if each.email.casefold() == address.casefold()), None
    )
    name = contact.name if contact is not None else address
    _ = relay.words
    told = _("Mail to {name} came back; the address takes none.", name=name)
    deputy = None
    if contact is not None and question.is_alive and question.owner == contact.id:
        deputy = await _deputy(store, library, contact, now)
        if deputy is not None:
            told += " " + _("{name} gets this question.", name=deputy.name)
        else:
            told += " " + _("Somebody else has to take this question.")
    await relay.say(store, question, kind="note", text=told, now=now)
    await store.question_events.add(number, "returned", now, detail=contact.id if contact else "")
    if deputy is not None:
        await _give(store, relay, question, deputy, now)
    return True


async def _deputy(
    store: Store, library: Library, contact: Contact, now: datetime
) -> Contact | None:
    away = frozenset(await store.contact_absences.away(now))
    return deputy_of(contact, library.everyone, away)


async def _give(
    store: Store, relay: Relay, question: Question, deputy: Contact, now: datetime
) -> None:
    due = due_time(deputy, question.is_urgent, now)
    await store.questions.change(question.number, now, owner=deputy.id, nudges=0, due_at=due)
    await store.question_events.add(question.number, "assigned", now, detail=deputy.id)
    fresh = await store.questions.get(question.number)
    assert fresh is not None
    await relay.write_to(store, fresh, deputy, now)
