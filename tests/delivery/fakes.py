"""A platform that records what arrives and fails as it is told to."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime

from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Undeliverable
from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Capabilities, Clock
from bot.chat.turn import Dispatch
from bot.delivery.doubts import Others

NONCE_MEMORY = 300.0
"""Seconds for which Discord was seen to know a nonce."""


@dataclass(frozen=True)
class Arrival:
    """A message that the platform took. ``at`` is monotonic."""

    at: float
    chat_id: str
    text: str
    nonce: str | None
    message_id: str


class Lost(Ambiguous):
    """The message arrives, the answer does not."""


class FakePlatform:
    """``ceiling`` is messages in a sliding second; None for no ceiling."""

    def __init__(
        self,
        clock: Clock,
        *,
        platform: Platform = "telegram",
        latency: float = 0.05,
        ceiling: int | None = None,
    ) -> None:
        self.platform = platform
        self.capabilities = Capabilities(
            has_forms=False,
            has_ephemeral=False,
            can_edit=True,
            can_delete=True,
            text_limit=4096,
            attachment_limit=1000,
        )
        self.arrivals: list[Arrival] = []
        self.refusals = 0
        self.calls = 0
        self.edits: list[tuple[str, str, str]] = []
        self.deletions: list[tuple[str, str]] = []
        self.undeletable: set[str] = set()
        self.lookups: list[tuple[str, str | None]] = []
        self._unreadable: deque[DeliveryError] = deque()
        self.parts = 1
        self.latency = latency
        self.ceiling = ceiling
        self.in_flight: dict[str, int] = defaultdict(int)
        self.most_in_flight = 0
        self.always: DeliveryError | None = None
        self._clock = clock
        self._planned: dict[str, deque[DeliveryError]] = defaultdict(deque)
        self._second: deque[float] = deque()
        self._nonces: dict[tuple[str, str], Arrival] = {}

    def plan(self, chat_id: str, *errors: DeliveryError) -> None:
        """The next sends to this chat end like this."""
        self._planned[chat_id] += errors

    def texts(self, chat_id: str) -> list[str]:
        """What arrived in a chat."""
        return [arrival.text for arrival in self.arrivals if arrival.chat_id == chat_id]

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        await stop.wait()

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        self.calls += 1
        self.in_flight[to.chat_id] += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight[to.chat_id])
        try:
            await self._clock.sleep(self.latency / 2)
            error = self._error(to)
            if error is not None and not isinstance(error, Lost):
                await self._clock.sleep(self.latency / 2)
                raise error
            arrival = self._arrive(to, message, nonce)
            await self._clock.sleep(self.latency / 2)
            if error is not None:
                raise error
            return self._sent(arrival)
        finally:
            self.in_flight[to.chat_id] -= 1

    async def find_sent(
        self,
        to: ConversationRef,
        message: Message | None,
        *,
        nonce: str,
        since: datetime,
        others: Others,
    ) -> SentMessage | None:
        words = message.text if message else None
        self.lookups.append((to.chat_id, words))
        await self._clock.sleep(self.latency)
        if self._unreadable:
            raise self._unreadable.popleft()
        alike = [a for a in self.arrivals if a.chat_id == to.chat_id and words in (None, a.text)]
        taken = await others([part for each in alike for part in self._ids(each)])
        free = [each for each in alike if not {*taken} & {*self._ids(each)}]
        if free and words is None:
            raise Undeliverable("no words to look for")
        return self._sent(free[0]) if free else None

    def _ids(self, arrival: Arrival) -> tuple[str, ...]:
        others = (f"{arrival.message_id}.{part}" for part in range(1, self.parts))
        return (*others, arrival.message_id)

    def _sent(self, arrival: Arrival) -> SentMessage:
        return SentMessage(message_id=arrival.message_id, parts=self._ids(arrival))

    def lose_all(self) -> None:
        """Nothing of what was sent so far has arrived after all."""
        self.arrivals.clear()
        self._nonces.clear()

    def hide(self, *errors: DeliveryError) -> None:
        """The next looks at what was sent end like this."""
        self._unreadable += errors

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        await self._clock.sleep(self.latency)
        if error := self._error(to):
            raise error
        self.edits.append((to.chat_id, message_id, message.text))

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        await self._clock.sleep(self.latency)
        if error := self._error(to):
            raise error
        if message_id in self.undeletable and instead is not None:
            self.edits.append((to.chat_id, message_id, instead.text))
        else:
            self.deletions.append((to.chat_id, message_id))

    def _error(self, to: ConversationRef) -> DeliveryError | None:
        if self._planned[to.chat_id]:
            return self._planned[to.chat_id].popleft()
        if self.always is not None:
            return self.always
        if self.ceiling is None:
            return None
        now = self._clock.monotonic()
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        if len(self._second) >= self.ceiling:
            self.refusals += 1
            return RateLimited(1.0)
        self._second.append(now)
        return None

    def _arrive(self, to: ConversationRef, message: Message, nonce: str | None) -> Arrival:
        known = self._nonces.get((to.chat_id, nonce or ""))
        knows_nonces = self.platform == "discord" and nonce is not None
        if knows_nonces and known and self._clock.monotonic() - known.at < NONCE_MEMORY:
            return known
        arrival = Arrival(
            at=self._clock.monotonic(),
            chat_id=to.chat_id,
            text=message.text,
            nonce=nonce,
            message_id=str(len(self.arrivals) + 1),
        )
        self.arrivals.append(arrival)
        if nonce is not None:
            self._nonces[to.chat_id, nonce] = arrival
        return arrival
