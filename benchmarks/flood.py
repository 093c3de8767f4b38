"""A flood of one person, or of one group, must not delay anybody else.

Asks calmly for the latency of others; then the same while one person floods, and while a group of
many does. Reports the ninety-ninth percentile of the others each time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.app import build
from bot.chat.events import Author, ConversationRef, Event, MessageReceived
from bot.chat.turn import Dispatch
from bot.clock import SystemClock
from bot.config import LogSettings, Settings
from bot.logs import configure
from bot.store import Database
from bot.store.migrating import upgrade
from tests.knowledge_sample import sample_library

MOST_SLOWER = 3.0
"""Times the calm latency that the others' may grow to."""
FLOOR_MS = 25.0
"""Below this nobody notices, whatever the factor."""


class Flood:
    """Events with running numbers, and how long those of others took."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._dispatch = dispatch
        self._clock = SystemClock()
        self._number = 0

    def event(self, person: str, chat: str, *, is_private: bool) -> Event:
        """A question."""
        self._number += 1
        return MessageReceived(
            id=str(self._number),
            conversation=ConversationRef(platform="telegram", chat_id=chat, is_private=is_private),
            author=Author(platform="telegram", id=person, name=person, locale="en"),
            at=self._clock.now(),
            text="how do I take a soil sample",
            message_id=str(self._number),
        )

    async def others(self, count: int, rate: float) -> list[float]:
        """Milliseconds that the turns of calm people take."""
        took: list[float] = []

        async def ask(number: int) -> None:
            began = self._clock.monotonic()
            await self._dispatch(self.event(f"calm{number}", f"calm{number}", is_private=True))
            took.append((self._clock.monotonic() - began) * 1000)

        tasks = []
        for number in range(count):
            tasks.append(asyncio.create_task(ask(number % 50)))
            await asyncio.sleep(1 / rate)
        await asyncio.gather(*tasks)
        return sorted(took)

    async def flood(self, rate: float, people: int, chat: str | None) -> None:
        """Ask far too fast, for ever; ``chat`` is the group, None for a private chat."""
        running: set[asyncio.Task[Any]] = set()
        number = 0
        while True:
            number += 1
            person = f"flood{number % people}"
            event = self.event(person, chat or person, is_private=chat is None)
            task = asyncio.create_task(self._dispatch(event))  # type: ignore[arg-type]  # a coroutine
            running.add(task)
            task.add_done_callback(running.discard)
            await asyncio.sleep(1 / rate)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All three."""
    configure(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory(prefix="insop-flood-") as folder:
        async with Database(f"sqlite:///{Path(folder) / 'flood.db'}") as database:
            await upgrade(database)
            app = build(Settings(), database, sample_library())
            flood = Flood(app.dispatch)
            await flood.others(100, options.rate)
            result: dict[str, Any] = {
                "calm_p99_ms": _p99(await flood.others(options.turns, options.rate))
            }
            for name, people, chat in (("person", 1, None), ("group", 200, "-100")):
                flooding = asyncio.create_task(flood.flood(options.flood, people, chat))
                took = await flood.others(options.turns, options.rate)
                flooding.cancel()
                await asyncio.gather(flooding, return_exceptions=True)
                result[f"{name}_p99_ms"] = _p99(took)
    return result


def is_fair(result: dict[str, Any]) -> bool:
    """Whether the others noticed nothing."""
    bound = max(FLOOR_MS, result["calm_p99_ms"] * MOST_SLOWER)
    return max(result["person_p99_ms"], result["group_p99_ms"]) <= bound


def options_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What can be chosen."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--turns", type=int, default=1000, help="of the others, each time")
    parser.add_argument("--rate", type=float, default=50.0, help="of the others, a second")
    parser.add_argument("--flood", type=float, default=500.0, help="messages a second")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _p99(took: list[float]) -> float:
    return round(took[min(len(took) - 1, int(len(took) * 0.99))], 1)


if __name__ == "__main__":
    chosen = options_of()
    outcome = asyncio.run(measure(chosen))
    outcome["is_fair"] = is_fair(outcome)
    print(json.dumps(outcome) if chosen.json else outcome)
    sys.exit(0 if outcome["is_fair"] else 1)
