"""Waiting for an event, but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from bot.chat.ports import Clock


async def wait_first(clock: Clock, seconds: float, *events: asyncio.Event) -> None:
    """Return when one of the events is set or so many seconds of the clock have passed."""
    if seconds <= 0 or any(event.is_set() for event in events):
        return
    waits: list[Coroutine[Any, Any, Any]] = [event.wait() for event in events]
    tasks = [asyncio.ensure_future(wait) for wait in (*waits, clock.sleep(seconds))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
