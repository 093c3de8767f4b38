"""What stands around the adapter in its tests: a core that is told what to reply, a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from bot.chat.actions import Action
from bot.chat.errors import RateLimited, Unreachable
from bot.chat.events import ConversationRef, Event, Platform
from bot.chat.messages import Button, Message
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Presentation
from bot.chat.turn import Reply, Role
from bot.config import DiscordSettings

T = TypeVar("T")

ANSWER = Message(
    title="Soil sampling",
    text="Take **fifteen** cores.",
    footer="Source: FAO",
    rows=((Button(label="More", action=Action("more", "soil-sampling")),),),
)

PRESENTATION = Presentation(
    commands=(
        CommandSpec(
            name="ask",
            descriptions={"en": "Ask about soil pollution", "es": "Pregunte", "ar": "اسأل"},
            option="question",
            option_hints={"en": "Your question", "fr": "Votre question"},
            has_suggestions=True,
            names={"es": "preguntar"},
        ),
        CommandSpec(name="help", descriptions={"en": "What I can do"}),
        CommandSpec(name="leave", descriptions={"en": "Leave"}, is_in_groups=False),
        CommandSpec(name="desk", descriptions={"en": "Open questions"}, role=Role.SECRETARIAT),
    ),
    short_description={"en": "Soil pollution answers"},
    description={"en": "Answers with sources"},
    ask_menu={"en": "Ask the assistant", "fr": "Demander à l'assistant"},
)


def settings(**values: object) -> DiscordSettings:
    """Settings of the tests; ``token`` is a plain text here."""
    return DiscordSettings.model_validate(values, strict=False)


class ScriptedCore:
    """A dispatch: ``replies`` answers each event by its kind's name; ``events`` is what came."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.reply: Reply = None
        self.replies: dict[str, Reply] = {}
        self.gate: asyncio.Event | None = None
        self._arrived = asyncio.Condition()

    async def __call__(self, event: Event) -> Reply:
        async with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()
        if self.gate is not None:
            await self.gate.wait()
        return self.replies.get(type(event).__name__, self.reply)

    async def heard(self, count: int) -> list[Event]:
        """The first ``count`` events, once they have come."""
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(lambda: len(self.events) >= count)
        return self.events[:count]


class DirectCourier:
    """Sends at once and, where the platform asks for time, once more; keeps who was sent what."""

    def __init__(self) -> None:
        self.carried: list[tuple[ConversationRef, Lane]] = []
        self.waits: list[float] = []

    async def carry(
        self, to: ConversationRef, send: Callable[[], Awaitable[T]], *, lane: Lane
    ) -> T:
        self.carried.append((to, lane))
        try:
            return await send()
        except RateLimited as error:
            self.waits.append(error.retry_after)
        except Unreachable:
            self.waits.append(0)
        return await send()


class ListInbox:
    """Accepted updates in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.answers: list[str] = []

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        for key, raw in updates:
            self.rows.setdefault(key, raw)

    async def pending(self, platform: Platform) -> list[str]:
        return list(self.rows.values())

    async def answered(self, platform: Platform, update_id: str) -> None:
        self.answers.append(update_id)


class HandClock:
    """A clock that stands still until it is moved; sleepers wake when their time has come."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self._changed = asyncio.Condition()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        waking = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._elapsed + seconds, waking))
        async with self._changed:
            self._changed.notify_all()
        try:
            await waking
        finally:
            self._sleepers = [pair for pair in self._sleepers if pair[1] is not waking]

    async def move(self, seconds: float) -> None:
        """Let so much time pass."""
        self._elapsed += seconds
        for due, waking in self._sleepers:
            if due <= self._elapsed and not waking.done():
                waking.set_result(None)

    async def sleeper(self) -> None:
        """Return once somebody sleeps."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: bool(self._sleepers))


class BusyClock(HandClock):
    """A clock on which waiting takes no time: every sleep moves it."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._elapsed += seconds
        await asyncio.sleep(0)
