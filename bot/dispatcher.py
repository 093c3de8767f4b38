"""From an event to a reply: the turn is built, handled and committed here.

Order: limits (no database) → lock of the conversation → one transaction: dedupe row, member,
language, handler, the reply where the inbox has the update → commit. A reply is returned only after
the commit; whatever raises is rolled back, logged once, and the asker is told an error number. What
a crash left handled but unanswered is answered with the reply that was kept.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from bot.chat.events import (
    ActionPressed,
    ChatStatusChanged,
    ConversationRef,
    Event,
    InlineQueried,
    MemberJoined,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    Platform,
)
from bot.chat.measuring import NO_METER, Meter
from bot.chat.ports import Clock
from bot.chat.turn import Handler, Member, Middleware, Reply, Role, Translate, Turn
from bot.chat.wire import reply_from_json
from bot.config import LimitSettings
from bot.middleware import ConversationLocks, RateLimit, kept_reply, report_error, too_fast
from bot.store import Database, Store
from bot.store.inbox import Taken
from bot.store.opening import open_turn
from bot.translating import supported, translator

_log = structlog.get_logger(__name__)

GATHER: Final = 0.2
"""Seconds of answers that are noted in one commit."""

REMEMBERED: Final = 10_000
"""Updates of which this process knows that their reply is on its way."""

Hold = Callable[[Store, ConversationRef], Awaitable[None]]
"""Waits, within a unit, for the turns that other processes have under way in a conversation."""

_OVERHEARD = (MessageReceived, MessageEdited)
_UNLIMITED = (ChatStatusChanged, MemberJoined, MessageDeleted, MessageEdited)


class Dispatcher:
    """What adapters call for every event; ``dispatch`` never raises but for cancellation."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        handler: Handler,
        middleware: Sequence[Middleware] = (),
        roles: Mapping[str, Role] | None = None,
        limits: LimitSettings,
        language: str = "en",
        desks: Collection[ConversationRef] = (),
        meter: Meter = NO_METER,
        hold: Hold | None = None,
    ) -> None:
        self._meter = meter
        self._hold = hold
        self._database = database
        self._clock = clock
        self._handler = _compose(handler, middleware)
        self._roles = dict(roles or {})
        self._language = language
        self._desks = frozenset(desk.key[:2] for desk in desks)
        self._locks = ConversationLocks()
        self._handled: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._people = RateLimit(clock, rate=limits.messages_per_minute / 60, burst=limits.burst)
        cooldown = limits.group_cooldown_seconds
        self._groups = RateLimit(clock, rate=1 / cooldown, burst=limits.burst) if cooldown else None

    async def dispatch(self, event: Event) -> Reply:
        """Handle one event and return what to say."""
        if not event.is_addressed and not self._overhears(event):
            return None
        refused = self._check_limits(event)
        if refused is not None:
            self._meter.count("turns_limited", platform=event.conversation.platform)
            # Without the database, or a flood would hold everybody up; the adapter's inbox notes
            # that the update is answered, together with others.
            return refused[0]
        try:
            if isinstance(event, InlineQueried):
                return await self._take_turn(event)
            async with self._locks.hold(event.conversation.key):
                return await self._take_turn(event)
        except Exception as error:
            self._meter.count("turns_failed", platform=event.conversation.platform)
            await self._close(event)
            return report_error(event, self._guess(event), error)

    def _overhears(self, event: Event) -> bool:
        """Contacts need not speak to the assistant where they answer questions."""
        return isinstance(event, _OVERHEARD) and event.conversation.key[:2] in self._desks

    def _check_limits(self, event: Event) -> tuple[Reply] | None:
        if isinstance(event, _UNLIMITED) or event.conversation.platform == "email":
            # Mail comes in heaps after an outage; its adapter knows loops from heaps.
            return None
        if isinstance(event, MessageReceived) and event.is_late:
            return None
        # Inline queries come with every letter typed; they have a bucket of their own.
        kind = "inline" if isinstance(event, InlineQueried) else "turn"
        is_press = isinstance(event, ActionPressed)
        person = (kind, event.author.platform, event.author.id)
        verdict = self._people.take(person, is_always_told=is_press)
        if not verdict.wait and self._groups is not None and not event.conversation.is_private:
            group = (kind, *event.conversation.key)
            verdict = self._groups.take(group, is_always_told=is_press)
        if not verdict.wait:
            return None
        _log.info(
            "turn.limited",
            platform=event.conversation.platform,
            event_id=event.id,
            wait=verdict.wait,
        )
        return (too_fast(event, self._guess(event), verdict),)

    async def _take_turn(self, event: Event) -> Reply:
        started = self._clock.monotonic()
        async with self._database.begin(is_short=True) as store:
            if self._hold is not None and not isinstance(event, InlineQueried):
                await self._hold(store, event.conversation)
            now = self._clock.now()
            platform = event.conversation.platform
            taken, member = await _opened(store, event, now)
            if member is None:
                return await self._repeat(store, event)
            turn = Turn(
                event=event,
                member=self._with_role(member, event),
                store=store,
                clock=self._clock,
                _=translator(member.language or self._language_of(event)),
            )
            reply = await self._handler(turn)
            if taken.is_kept:
                self._remember(event)
                kept = None if reply is None else kept_reply(reply, turn._)
                store.at_end(store.inbox.replying(platform, event.id, kept))
        self._meter.turn(turn, self._clock.monotonic() - started)
        _log.info(
            "turn.done",
            platform=platform,
            event_type=type(event).__name__,
            event_id=event.id,
            ms=round((self._clock.monotonic() - started) * 1000, 1),
            **turn.notes,
        )
        return reply

    async def _repeat(self, store: Store, event: Event) -> Reply:
        """The reply that an earlier process could not send any more; else nothing."""
        platform = event.conversation.platform
        key = (platform, event.id)
        kept = None if key in self._handled else await store.inbox.reply_of(platform, event.id)
        if kept is None:
            _log.info("turn.repeated", platform=platform, event_id=event.id)
            return None
        self._remember(event)
        _log.info("turn.answered_late", platform=platform, event_id=event.id)
        return reply_from_json(kept)

    def _remember(self, event: Event) -> None:
        self._handled[event.conversation.platform, event.id] = None
        if len(self._handled) > REMEMBERED:
            self._handled.popitem(last=False)

    async def _close(self, event: Event) -> None:
        """Mark a failed update as done, so that no restart takes it up again."""
        if isinstance(event, InlineQueried):
            return
        try:
            async with self._database.begin() as store:
                await store.inbox.begin(event.conversation.platform, event.id, self._clock.now())
        except Exception:
            _log.warning("turn.unclosed", event_id=event.id)

    def _with_role(self, member: Member, event: Event) -> Member:
        granted = self._roles.get(f"{event.author.platform}:{event.author.id}", Role.ANYONE)
        if granted <= member.role:
            return member
        return replace(member, role=granted)

    def _language_of(self, event: Event) -> str:
        return supported(event.author.locale) or self._language

    def _guess(self, event: Event) -> Translate:
        return translator(self._language_of(event))


class StoredInbox:
    """``bot.chat.ports.Inbox`` on the database.

    What is answered is noted for all of ``gather`` seconds at once: a crash within them repeats
    these answers, and a commit for each would take as long as another turn.
    """

    def __init__(self, database: Database, clock: Clock, *, gather: float = 0.0) -> None:
        self._database = database
        self._clock = clock
        self._gather = gather
        self._sent: list[tuple[str, str]] = []
        self._writing = asyncio.Lock()

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        """Keep raw updates in one transaction."""
        async with self._database.begin() as store:
            await store.inbox.accept(platform, updates, self._clock.now())

    async def pending(self, platform: Platform) -> list[str]:
        """Raw updates accepted and not handled and answered."""
        async with self._database.begin() as store:
            return await store.inbox.pending(platform)

    async def answered(self, platform: Platform, update_id: str) -> None:
        """Those that come while others wait or are being written go in one transaction."""
        self._sent.append((platform, update_id))
        async with self._writing:
            if self._sent and self._gather:
                await self._clock.sleep(self._gather)
            sent, self._sent = sorted(self._sent), []
            if not sent:
                return
            try:
                async with self._database.begin() as store:
                    await store.inbox.forget_replies(sent)
            except BaseException:
                # The next to be noted takes these along.
                self._sent = [*sent, *self._sent]
                raise


async def _opened(store: Store, event: Event, now: datetime) -> tuple[Taken, Member | None]:
    """The update marked as handled, and who speaks; nobody where it was handled before."""
    author, where = event.author, event.conversation
    if isinstance(event, MessageReceived):
        opened = await open_turn(store, event.id, where, author, now)
        return opened.taken, opened.member
    taken = Taken(is_first=True)
    if not isinstance(event, InlineQueried):
        taken = await store.inbox.take(where.platform, event.id, now)
    return taken, await store.people.recognise(author, now) if taken.is_first else None


def _compose(handler: Handler, middleware: Sequence[Middleware]) -> Handler:
    for layer in reversed(middleware):
        handler = _wrap(layer, handler)
    return handler


def _wrap(layer: Middleware, inner: Handler) -> Handler:
    async def wrapped(turn: Turn) -> Reply:
        return await layer(turn, inner)

    return wrapped


__all__ = ["Dispatcher", "StoredInbox"]
