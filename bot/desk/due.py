"""What falls due at the desk: failures to tell, nudges, escalation, warnings, closing, the week.

Call ``Due.process`` again and again, in as many processes as there are: what was done once is
written in the tables, and each message has a name that the outbox takes once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from bot.chat.markup import escape
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.desk import rendering
from bot.desk.relaying import Relay
from bot.desk.returning import mail_came_back
from bot.desk.staff import name_of
from bot.store import Database, Store
from bot.store.question_copies import Copy
from bot.store.questions import Question
from bot.translating import translator
from knowledge.library import Library
from knowledge.routing import deputy_of, due_time

NUDGE_WORK: Final = timedelta(hours=8)
"""Working time from one nudge to the next; an urgent one waits ``URGENT_NUDGE`` by any clock."""
URGENT_NUDGE: Final = timedelta(hours=1)
LAST_WORD: Final = timedelta(days=3)
"""From the warning to the closing of a question whose asker is silent."""
WEEK_DAY: Final = 0
WEEK_HOUR: Final = 8
LISTED: Final = 15

_log = structlog.get_logger(__name__)


class Due:
    """``zone`` (IANA) tells when the week begins for the weekly list."""

    def __init__(
        self, *, database: Database, clock: Clock, library: Library, relay: Relay, zone: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._relay = relay
        self._zone = ZoneInfo(zone)
        self._ = relay.words

    async def process(self) -> int:
        """Do all that is due now; returns how many things were done."""
        now = self._clock.now()
        async with self._database.begin() as store:
            done = len(await store.question_copies.settle())
            done += await self._relay.follow(store, now)
            done += await self._report(store, now)
            due = await store.questions.due(now)
        for question in due:
            async with self._database.begin() as store:
                await self._remind(store, question.number, now)
        async with self._database.begin() as store:
            await self._list_week(store, now)
        return done + len(due)

    async def _report(self, store: Store, now: datetime) -> int:
        """Tell the contacts what did not reach the asker; look for threads that are gone."""
        lost = await store.question_copies.unreported()
        for copy in lost:
            question = await store.questions.get(copy.question)
            if question is None or not question.person_id:
                continue
            if copy.where.key == question.where.key:
                await self._tell_failure(store, question, copy, now)
            elif copy.where.platform == "email":
                number, address = copy.question, copy.where.chat_id
                await mail_came_back(store, self._relay, self._library, number, address, now)
            else:
                await self._doubt_thread(store, copy, now)
        if lost:
            await store.question_copies.note_reported(lost, now)
        return len(lost)

    async def _tell_failure(
        self, store: Store, question: Question, copy: Copy, now: datetime
    ) -> None:
        _ = self._
        match copy.state:
            case "blocked":
                text = _(
                    "The last message did not arrive: the asker has blocked the assistant or left."
                )
            case "unknown":
                text = _("It is not known whether the last message has arrived.")
            case _:
                text = _("The last message did not arrive: the platform refused it.")
        await store.question_events.add(question.number, f"not arrived: {copy.state}"[:24], now)
        if copy.state == "failed" and question.state == "waiting":
            await self._keep_waiting(store, question, now)
        await self._relay.say(store, question, kind="bot", text=text, now=now)

    async def _keep_waiting(self, store: Store, question: Question, now: datetime) -> None:
        """Who did not get the answer, or the warning, is not silent: the contact's turn again."""
        owner = next((each for each in self._library.everyone if each.id == question.owner), None)
        due = due_time(owner, question.is_urgent, now)
        await store.questions.change(
            question.number, now, state="assigned", warned_at=None, nudges=0, due_at=due
        )
        fresh = await store.questions.get(question.number)
        assert fresh is not None
        await self._relay.rename(store, fresh, now)

    async def _doubt_thread(self, store: Store, copy: Copy, now: datetime) -> None:
        """A message that a thread did not take: perhaps somebody has deleted the thread."""
        for place in await store.desk_threads.of(copy.question):
            if place.has_thread and place.where.key == copy.where.key:
                await store.desk_threads.change(place, now, state="lost")
                _log.info("thread.doubted", question=copy.question, platform=place.platform)

    async def _remind(self, store: Store, number: int, now: datetime) -> None:
        question = await store.questions.get(number)
        if question is None or question.due_at is None or question.due_at > now:
            return
        if not await store.questions.take_due(question, now + URGENT_NUDGE):
            return
        if question.state == "waiting" and (question.contact_at or now) >= question.asker_at:
            await self._end_silence(store, question, now)
        else:
            await self._nudge(store, question, now)

    async def _nudge(self, store: Store, question: Question, now: datetime) -> None:
        """First the owner, then the deputy has it, then all are told each working day."""
        _ = self._
        owner = next((each for each in self._library.everyone if each.id == question.owner), None)
        away = frozenset(await store.contact_absences.away(now))
        name = name_of(self._library, question.owner)
        deputy = deputy_of(owner, self._library.everyone, away) if owner is not None else None
        if question.nudges == 1 and deputy is not None:
            text = _(
                "Nobody has answered in time, so this question goes to {name}.", name=deputy.name
            )
            await store.questions.change(question.number, now, owner=deputy.id)
            await store.question_events.add(
                question.number, "escalated", now, actor=deputy.id, detail=question.owner or ""
            )
        else:
            text = _("⏰ This question is overdue. {name}, please answer.", name=name or _("All"))
            await store.question_events.add(question.number, "nudged", now, actor=owner_id(owner))
        hours = deputy.hours if question.nudges == 1 and deputy else owner.hours if owner else None
        later = now + (URGENT_NUDGE if question.is_urgent else timedelta(days=1))
        if hours is not None and not question.is_urgent:
            later = hours.after(now, NUDGE_WORK)
        await store.questions.change(question.number, now, nudges=question.nudges + 1, due_at=later)
        await self._relay.say(store, question, kind="bot", text=text, now=now)
        if question.nudges == 1 and deputy is not None:
            await self._relay.write_to(store, question, deputy, now)

    async def _end_silence(self, store: Store, question: Question, now: datetime) -> None:
        """A warning first; closed only when the asker has said nothing after it."""
        _ = translator(question.language)
        if question.warned_at is None:
            text = _(
                "Is your question {number} settled? If I hear nothing for three days, I close it. "
                "Just write if something is open.",
                number=question.number,
            )
            await store.questions.change(
                question.number, now, warned_at=now, due_at=now + LAST_WORD
            )
            await store.question_events.add(question.number, "warned", now)
        else:
            text = _(
                "I have closed question {number}. A reply to any of its messages opens it again.",
                number=question.number,
            )
            await store.questions.change(
                question.number, now, state="closed", outcome="silence", closed_at=now, due_at=None
            )
            await store.question_events.add(question.number, "closed", now, detail="silence")
            told = self._("Closed: the asker has not written for ten days.")
            await self._relay.say(store, question, kind="bot", text=told, now=now)
            fresh = await store.questions.get(question.number)
            assert fresh is not None
            await self._relay.rename(store, fresh, now)
        await self._relay.say(
            store, question, kind="bot", text=text, now=now, is_for_asker=True, is_for_desks=False
        )

    async def _list_week(self, store: Store, now: datetime) -> None:
        """What is open, to each desk once in the week, from Monday morning on."""
        local = now.astimezone(self._zone)
        if local.weekday() != WEEK_DAY or local.hour < WEEK_HOUR:
            return
        waiting = await store.questions.list_open(LISTED)
        if not waiting:
            return
        _ = self._
        total = await store.questions.count_open()
        title = _.plural("{count} open question", "{count} open questions", total)
        lines = [self._line(question) for question in waiting]
        year, week, _day = local.isocalendar()
        for desk in self._relay.desks:
            await store.outbox.add(
                f"desk-week:{year}-{week:02}",
                desk,
                Message(title=title, text="\n".join(lines)),
                lane=Lane.RELAY,
                on_unknown="resend",
                now=now,
            )

    def _line(self, question: Question) -> str:
        name = name_of(self._library, question.owner)
        since = f"{question.created_at.astimezone(self._zone):%Y-%m-%d}"
        owner = f" · {escape(name)}" if name else ""
        return f"- {escape(rendering.title(question))} · {since}{owner}"


def owner_id(owner: object) -> str:
    """The id of a contact, or an empty string."""
    return str(getattr(owner, "id", ""))
