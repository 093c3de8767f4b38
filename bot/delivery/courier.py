"""Carries the answers that somebody is waiting for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Unreachable
from bot.chat.events import ConversationRef
from bot.chat.measuring import NO_METER, Meter
from bot.chat.ports import Clock, Lane
from bot.delivery.pacing import Pacer

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds that an answer may be held up in all; later than that it is no answer any more."""

TRIES: Final = 3
_FIRST_PAUSE: Final = 0.5

log = structlog.get_logger(__name__)


class InteractiveCourier:
    """The ``Courier`` of one bot token; the ``Pacer`` is shared with its ``Sender``.

    - Too fast: waits as long as the platform says, for this chat only, at most ``TRIES`` calls
      and ``PATIENCE`` seconds in all.
    - Never left: tried again under the same bounds.
    - Perhaps arrived: sent once more. A person who waits for an answer is better served by two
      than by none; a second doubt is raised.
    - Gone, moved, refused: raised at once.

    ``send`` must not call ``carry`` for the same chat: it holds the chat's turn.
    """

    def __init__(self, *, pacer: Pacer, clock: Clock, meter: Meter = NO_METER) -> None:
        self._meter = meter
        self._pacer = pacer
        self._clock = clock

    async def carry(
        self, to: ConversationRef, send: Callable[[], Awaitable[T]], *, lane: Lane
    ) -> T:
        """Call ``send`` when the chat and the token may; raises the ``DeliveryError`` left."""
        began = self._clock.monotonic()
        try:
            result = await self._carry(to, send, lane=lane)
        except DeliveryError as error:
            outcome = type(error).__name__.lower()
            self._meter.count("replies", platform=to.platform, outcome=outcome)
            raise
        self._meter.count("replies", platform=to.platform, outcome="sent")
        self._meter.observe("reply_seconds", self._clock.monotonic() - began, platform=to.platform)
        return result

    async def _carry(
        self, to: ConversationRef, send: Callable[[], Awaitable[T]], *, lane: Lane
    ) -> T:
        deadline = self._clock.monotonic() + PATIENCE
        async with self._pacer.chats.turn(to):
            await self._clock.sleep(self._pacer.chats.interactive_wait(to))
            is_doubtful = False
            for attempt in range(1, TRIES + 1):
                departure = await self._pacer.slot()
                sent_at = departure.left_at
                try:
                    try:
                        result = await send()
                    finally:
                        self._pacer.answered(departure)
                except RateLimited as error:
                    self._note(to, error, sent_at)
                    pause = error.retry_after
                    if attempt == TRIES or sent_at + pause > deadline:
                        raise
                except Unreachable:
                    pause = _FIRST_PAUSE * 2 ** (attempt - 1)
                    if attempt == TRIES or sent_at + pause > deadline:
                        raise
                except Ambiguous:
                    if is_doubtful or attempt == TRIES:
                        raise
                    is_doubtful = True
                    pause = _FIRST_PAUSE
                else:
                    self._pacer.pace.accepted(sent_at)
                    return result
                log.info(
                    "reply_held_up",
                    platform=to.platform,
                    chat=to.chat_id,
                    lane=lane.name,
                    attempt=attempt,
                    seconds=round(pause, 3),
                )
                await self._clock.sleep(pause)
        raise AssertionError("the last attempt either returns or raises")

    def _note(self, to: ConversationRef, error: RateLimited, sent_at: float) -> None:
        self._meter.count("throttled", platform=to.platform, lane="interactive")
        self._pacer.chats.halt(to, error.retry_after)
        if error.is_global:
            self._pacer.pace.refused(sent_at)
