"""From an event to a reply: the turn is built, handled and committed here.

Order: limits (no database) → lock of the conversation → one transaction: dedupe row, member,
language, handler → commit. A reply is returned only after the commit; whatever raises is rolled
back, logged once, and the asker is told an error number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.chat.events import (
    ActionPressed,
    ChatStatusChanged,
    Event,
    InlineQueried,
    MemberJoined,
    MessageDeleted,
    MessageEdited,
    Platform,
)
from bot.chat.ports import Clock
from bot.chat.turn import Handler, Member, Middleware, Reply, Role, Translate, Turn
from bot.config import LimitSettings
from bot.middleware import ConversationLocks, RateLimit, report_error, too_fast
from bot.store import Database
from bot.translating import supported, translator

_log = structlog.get_logger(__name__)

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
    ) -> None:
        self._database = database
        self._clock = clock
        self._handler = _compose(handler, middleware)
        self._roles = dict(roles or {})
        self._language = language
        self._locks = ConversationLocks()
        self._people = RateLimit(clock, rate=limits.messages_per_minute / 60, burst=limits.burst)
        cooldown = limits.group_cooldown_seconds
        self._groups = RateLimit(clock, rate=1 / cooldown, burst=limits.burst) if cooldown else None

    async def dispatch(self, event: Event) -> Reply:
        """Handle one event and return what to say."""
        if not event.is_addressed:
            return None
        refused = self._check_limits(event)
        if refused is not None:
            await self._close(event)
            return refused[0]
        try:
            if isinstance(event, InlineQueried):
                return await self._take_turn(event)
            async with self._locks.hold(event.conversation.key):
                return await self._take_turn(event)
        except Exception as error:
            await self._close(event)
            return report_error(event, self._guess(event), error)

    def _check_limits(self, event: Event) -> tuple[Reply] | None:
        if isinstance(event, _UNLIMITED):
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
            now = self._clock.now()
            platform = event.conversation.platform
            if not isinstance(event, InlineQueried) and not await store.inbox.begin(
                platform, event.id, now
            ):
                _log.info("turn.repeated", platform=platform, event_id=event.id)
                return None
            member = await store.people.recognise(event.author, now)
            turn = Turn(
                event=event,
                member=self._with_role(member, event),
                store=store,
                clock=self._clock,
                _=translator(member.language or self._language_of(event)),
            )
            reply = await self._handler(turn)
        _log.info(
            "turn.done",
            platform=platform,
            event_type=type(event).__name__,
            event_id=event.id,
            ms=round((self._clock.monotonic() - started) * 1000, 1),
            **turn.notes,
        )
        return reply

    async def _close(self, event: Event) -> None:
        """Mark a refused or failed update as done, so that no restart takes it up again."""
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
        return Member(id=member.id, name=member.name, role=granted, language=member.language)

    def _language_of(self, event: Event) -> str:
        return supported(event.author.locale) or self._language

    def _guess(self, event: Event) -> Translate:
        return translator(self._language_of(event))


class StoredInbox:
    """``bot.chat.ports.Inbox`` on the database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        """Keep raw updates in one transaction."""
        async with self._database.begin() as store:
            await store.inbox.accept(platform, updates, self._clock.now())

    async def pending(self, platform: Platform) -> list[str]:
        """Raw updates accepted and not handled."""
        async with self._database.begin() as store:
            return await store.inbox.pending(platform)


def _compose(handler: Handler, middleware: Sequence[Middleware]) -> Handler:
    for layer in reversed(middleware):
        handler = _wrap(layer, handler)
    return handler


def _wrap(layer: Middleware, inner: Handler) -> Handler:
    async def wrapped(turn: Turn) -> Reply:
        return await layer(turn, inner)

    return wrapped


__all__ = ["Dispatcher", "StoredInbox"]
