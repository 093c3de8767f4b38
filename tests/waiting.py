"""Waiting for what real servers and other processes do: they tell nobody when it is done.

What our own code does with time is tested on a clock moved by hand instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until(
    is_so: Callable[[], bool | Awaitable[bool]], what: str = "it", seconds: float = 20.0
) -> None:
    """Look again and again; fails after ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = is_so()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"waited in vain for {what}") from None
