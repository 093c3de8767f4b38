"""Mail on a trial machine: printed, not sent."""

from __future__ import annotations

import sys
from email.message import EmailMessage
from typing import TextIO

from bot.mail import Letter


class ConsoleMail:
    """Prints letters, so that whoever tries the assistant can read the code."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def send(self, letter: Letter) -> None:
        """Print the letter whole."""
        self._print(
            [f"To: {letter.to}", f"Subject: {letter.subject}", "", *letter.text.split("\n")]
        )

    async def deliver(self, mail: EmailMessage) -> None:
        """Print a mail's address, subject, words and the names of its files."""
        body = mail.get_body(("plain",))
        words = body.get_content() if body is not None else ""
        names = [f"📎 {part.get_filename()}" for part in mail.iter_attachments()]
        head = [f"To: {mail['To']}", f"Subject: {mail['Subject']}", ""]
        self._print([*head, *words.split("\n"), *names])

    def _print(self, lines: list[str]) -> None:
        stream = self._stream or sys.stdout
        shown = "\n".join(f"  ✉ {line}".rstrip() for line in lines)
        print(f"  ✉ A mail that is only printed here ([email] transport):\n{shown}", file=stream)
        stream.flush()
