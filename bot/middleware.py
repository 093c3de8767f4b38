"""What surrounds every turn: order in a conversation, limits, and the error boundary."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from bot.chat.events import ActionPressed, Event, InlineQueried
from bot.chat.messages import Edit, Message, Notice
from bot.chat.ports import Clock
from bot.chat.turn import Reply, Single, Translate
from bot.chat.wire import reply_to_json

HEAVY: Final = 1024 * 1024
"""Bytes of attachments from which a reply is not kept: written as text into the database, twenty
megabytes would hold everybody up for a quarter of a second."""

_log = structlog.get_logger(__name__)


class ConversationLocks:
    """One turn at a time in a conversation, in the order in which they came."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: Hashable) -> AsyncIterator[None]:
        """Wait for the turns before this one, then hold the conversation."""
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    is_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``wait`` is 0 when the turn may go on, else whole seconds until the next may.

    ``is_first`` is true for the first refusal since a turn was let through.
    """

    wait: int = 0
    is_first: bool = False


class RateLimit:
    """A token bucket for each key; the longest unused are forgotten past ``KEPT`` keys."""

    KEPT: Final = 50_000

    def __init__(self, clock: Clock, *, rate: float, burst: int) -> None:
        self._clock = clock
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, key: Hashable, *, is_always_told: bool = False) -> Verdict:
        """Count one turn of ``key``; ``is_always_told`` leaves ``is_first`` to the next refusal."""
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault(key, _Bucket(tokens=self._burst, at=now))
        self._buckets.move_to_end(key)
        if len(self._buckets) > self.KEPT:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            bucket.is_told = False
            return Verdict()
        wait = math.ceil((1 - bucket.tokens) / self._rate)
        is_first = not bucket.is_told
        bucket.is_told = bucket.is_told or not is_always_told
        return Verdict(wait=max(1, wait), is_first=is_first)


def too_fast(event: Event, translate: Translate, verdict: Verdict) -> Reply:
    """What somebody hears who goes too fast: once until they may go on, a press always."""
    text = translate.plural(
        "That was a bit fast for me. Please try again in {count} second.",
        "That was a bit fast for me. Please try again in {count} seconds.",
        verdict.wait,
    )
    if isinstance(event, ActionPressed):
        return Notice(text=text)
    if isinstance(event, InlineQueried) or not verdict.is_first:
        return None
    return Message(text=text, is_ephemeral=True)


def interrupted(translate: Translate) -> Message:
    """What somebody hears where nobody knows whether the answer arrived."""
    text = translate(
        "I was interrupted while I answered you. If no answer has reached you, please send "
        "your message once more."
    )
    return Message(text=text, is_ephemeral=True)


def kept_reply(reply: Reply, translate: Translate) -> str | None:
    """The reply as it waits until it has gone out; in place of large files a word stands there."""
    parts = reply if isinstance(reply, tuple) else (reply,)
    return reply_to_json(tuple(_light(each, translate) for each in parts if each is not None))


def _light(part: Single, translate: Translate) -> Single:
    message = part.message if isinstance(part, Edit) else part
    if not isinstance(message, Message):
        return part
    is_heavy = sum(len(each.data) for each in message.attachments) > HEAVY
    return interrupted(translate) if is_heavy else part


def report_error(event: Event, translate: Translate, error: Exception) -> Reply:
    """Log a fault once under a number, and tell the asker that number."""
    number = secrets.token_hex(3).upper()
    _log.error(
        "turn.failed",
        error_number=number,
        event_type=type(event).__name__,
        event_id=event.id,
        platform=event.conversation.platform,
        exc_info=error,
    )
    if isinstance(event, InlineQueried):
        return None
    text = translate(
        "Something went wrong on my side, and your message was not handled. "
        "Please try again; if it happens again, tell the secretariat the error number {number}.",
        number=number,
    )
    return Message(text=text, is_ephemeral=True)
