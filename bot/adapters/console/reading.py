"""Lines from standard input without blocking the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TextIO


class LineReader:
    """Reads a text stream on a thread of its own; the thread dies with the process.

    Bytes that are not UTF-8 are replaced by the stream's own error handler, never fatal.
    """

    def __init__(self, stream: TextIO, *, on_prompt: Callable[[], None]) -> None:
        self._stream = stream
        self._on_prompt = on_prompt
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._is_started = False

    async def next(self, stop: asyncio.Event) -> str | None:
        """The next line without its end; None at the end of input or when stopped."""
        if not self._is_started:
            self._is_started = True
            loop = asyncio.get_running_loop()
            threading.Thread(target=self._read, args=(loop,), daemon=True).start()
        self._on_prompt()
        line = asyncio.ensure_future(self._lines.get())
        stopped = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({line, stopped}, return_when=asyncio.FIRST_COMPLETED)
            return line.result() if line.done() else None
        finally:
            for task in (line, stopped):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            for line in self._stream:
                loop.call_soon_threadsafe(self._lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(self._lines.put_nowait, None)
        except (RuntimeError, ValueError):
            # The loop or the stream was closed while this thread was waiting.
            return
