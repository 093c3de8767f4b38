"""The core's side in the tests of the adapter: a script instead of handlers, a clock by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.chat.errors import DeliveryError
from bot.chat.events import ConversationRef, Event, Platform
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Presentation
from bot.chat.turn import Reply, Role

T = TypeVar("T")
WITHIN = 5.0

PRESENTATION = Presentation(
    commands=(
        CommandSpec(name="ask", descriptions={"en": "Ask a question", "es": "Haga una pregunta"}),
        CommandSpec(name="language", descriptions={"en": "Choose a language"}, is_in_groups=False),
        CommandSpec(name="open", descriptions={"en": "Open questions"}, role=Role.SECRETARIAT),
    ),
    short_description={"en": "Answers on soil pollution", "es": "Respuestas sobre el suelo"},
    description={"en": "Ask me about soil pollution."},
    ask_menu={"en": "Ask the assistant"},
)


class HandClock:
    """A clock that moves when told. ``until_sleeping`` waits until somebody waits on it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self._elapsed = 0.0
        self._changed = asyncio.Condition()
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        due = self._elapsed + seconds
        async with self._changed:
            self.sleeps.append(seconds)
            self._changed.notify_all()
            await self._changed.wait_for(lambda: self._elapsed >= due)

    async def advance(self, seconds: float) -> None:
        async with self._changed:
            self._elapsed += seconds
            self._now += timedelta(seconds=seconds)
            self._changed.notify_all()

    async def until_sleeping(self, seconds: float, times: int = 1) -> None:
        """Until a sleep of just so many seconds has begun, so often."""
        async with asyncio.timeout(WITHIN), self._changed:
            await self._changed.wait_for(lambda: self.sleeps.count(seconds) >= times)


class Script:
    """Stands where the dispatcher stands: notes each event, answers with ``reply``."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reply: Callable[[Event], Reply] = lambda event: None
        self.gate: asyncio.Event | None = None
        self._changed = asyncio.Condition()

    async def __call__(self, event: Event) -> Reply:
        async with self._changed:
            self.events.append(event)
            self._changed.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        return self.reply(event)

    async def event(self, number: int = 0) -> Event:
        """The event of that number, counted from 0, as soon as it is there."""
        async with asyncio.timeout(WITHIN), self._changed:
            await self._changed.wait_for(lambda: len(self.events) > number)
        return self.events[number]


class PlainCourier:
    """Sends at once and once; ``retries`` lets it try again, as the real one may."""

    def __init__(self) -> None:
        self.carried: list[tuple[ConversationRef, Lane]] = []
        self.failures: list[DeliveryError] = []
        self.retries = 0

    async def carry(
        self, to: ConversationRef, send: Callable[[], Awaitable[T]], *, lane: Lane
    ) -> T:
        self.carried.append((to, lane))
        for _ in range(self.retries):
            try:
                return await send()
            except DeliveryError as error:
                self.failures.append(error)
        try:
            return await send()
        except DeliveryError as error:
            self.failures.append(error)
            raise


class MemoryInbox:
    """Keeps updates in memory; ``is_broken`` makes it fail as a full disk would."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.answers: list[str] = []
        self.is_broken = False
        self.failures = 0

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        assert platform == "telegram"
        if self.is_broken:
            self.failures += 1
            raise OSError("disk full")
        for update, raw in updates:
            self.kept.setdefault(update, raw)

    async def pending(self, platform: Platform) -> list[str]:
        assert platform == "telegram"
        return list(self.kept.values())

    async def answered(self, platform: Platform, update_id: str) -> None:
        assert platform == "telegram"
        self.answers.append(update_id)
