"""A platform that is lost does not stop the other: it is told, and tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog

from bot.chat.errors import StartupError
from bot.chat.ports import Clock
from bot.chat.troubles import Troubles
from bot.delivery.waking import wait_first

_log = structlog.get_logger(__name__)

RETRY: Final = 300.0
"""Seconds until a platform that refused us is tried again."""

LET_IN: Final = 60.0
"""Seconds after which a platform that did not refuse us has let us in."""

Work = Callable[[asyncio.Event], Coroutine[Any, Any, None]]


class Platforms:
    """Runs each platform; ends with its ``StartupError`` only where no platform is left."""

    def __init__(self, clock: Clock, troubles: Troubles) -> None:
        self._clock = clock
        self._troubles = troubles
        self._names: set[str] = set()
        self._lost: set[str] = set()

    def keep(self, name: str, make: Callable[[], Mapping[str, Work]]) -> Work:
        """A task that runs what ``make`` makes, and makes it anew after a refusal.

        Only a ``StartupError`` counts as a refusal; whatever else is raised ends the process.
        """
        self._names.add(name)

        async def run(stop: asyncio.Event) -> None:
            while not stop.is_set():
                settling = asyncio.create_task(self._settle(name))
                try:
                    refusal = await _together(make(), stop)
                finally:
                    settling.cancel()
                if refusal is None:
                    return
                self._lost.add(name)
                if self._lost >= self._names:
                    raise refusal
                _log.error("platform.lost", platform=name, reason=str(refusal), seconds=RETRY)
                self._troubles.report(f"token:{name}")
                await wait_first(self._clock, RETRY, stop)

        return run

    async def _settle(self, name: str) -> None:
        """Whoever has run for so long was let in."""
        await self._clock.sleep(LET_IN)
        self._lost.discard(name)
        self._troubles.settle(f"token:{name}")


async def _together(works: Mapping[str, Work], stop: asyncio.Event) -> StartupError | None:
    """Run all until ``stop``, or until one is refused; then the others end too."""
    over = asyncio.Event()
    tasks = [asyncio.create_task(work(over), name=name) for name, work in works.items()]
    ending = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*tasks, ending], return_when=asyncio.FIRST_COMPLETED)
        over.set()
        await asyncio.wait(tasks)
    finally:
        over.set()
        for task in (*tasks, ending):
            task.cancel()
        await asyncio.gather(*tasks, ending, return_exceptions=True)
    refusal: StartupError | None = None
    for task in tasks:
        try:
            task.result()
        except StartupError as error:
            refusal = error
    return refusal
