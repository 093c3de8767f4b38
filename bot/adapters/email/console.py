"""Mail on a trial machine: printed, not sent."""

from __future__ import annotations

import sys
from typing import TextIO

from bot.mail import Letter


class ConsoleMail:
    """Prints letters, so that whoever tries the assistant can read the code."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def send(self, letter: Letter) -> None:
        """Print the letter whole."""
        stream = self._stream or sys.stdout
        lines = [f"To: {letter.to}", f"Subject: {letter.subject}", "", *letter.text.splitlines()]
        shown = "\n".join(f"  ✉ {line}".rstrip() for line in lines)
        print(f"  ✉ A mail that is only printed here ([email] transport):\n{shown}", file=stream)
        stream.flush()
