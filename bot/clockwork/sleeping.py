"""Sleeping until a moment, or until somebody calls."""

from __future__ import annotations

import asyncio
from typing import Final

from bot.chat.ports import Clock

MARGIN: Final = 0.002
"""Seconds after a moment, so that the timer has not woken a hair before it."""


async def wait_for(clock: Clock, seconds: float, called: asyncio.Event) -> None:
    """Return when so many seconds of the clock have passed, or when ``called`` is set."""
    call = asyncio.ensure_future(called.wait())
    sleep = asyncio.ensure_future(clock.sleep(max(0.0, seconds)))
    try:
        await asyncio.wait((call, sleep), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (call, sleep):
            task.cancel()
        await asyncio.gather(call, sleep, return_exceptions=True)
