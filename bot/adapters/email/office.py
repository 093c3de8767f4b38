"""What the e-mail adapter asks of the rest of the house; ``bot.commands.mail_office`` gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.adapters.email.judging import Refused, Returned
from bot.adapters.email.reading import MailFile
from bot.adapters.email.tokens import Tokens
from bot.chat.events import ConversationRef, IncomingFile

Trouble = Literal["refused", "unreachable"]


class OfficeClosed(Exception):
    """Nothing can be kept now: try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a mailbox is read: all UIDs up to ``uid`` while its UIDVALIDITY is ``validity``."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A contact's place in a question, and the language the contact prefers, where it is known."""

    where: ConversationRef
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What a mail about a question is built around.

    ``ids`` are those of the mails so far, oldest first; ``hint`` the words of the line above
    which people write; ``transcript`` what was said before, as plain text. ``stop`` is a page on
    which the reader says no to more mails, ``stop_hint`` the words before it; ``is_refused``: that
    was said.
    """

    title: str = ""
    ids: Sequence[str] = ()
    hint: str = ""
    transcript: str = ""
    stop: str | None = None
    stop_hint: str = ""
    is_refused: bool = False


class Office(Protocol):
    """Everything is kept when a method returns; each may be called again with the same.

    All raise ``OfficeClosed``.
    """

    async def tokens(self) -> Tokens:
        """What signs and checks tokens, the same in every process."""
        ...

    async def position(self) -> Position | None:
        """How far the mailbox was read; None before the first time."""
        ...

    async def advance(self, position: Position) -> None:
        """The mailbox is read up to here."""
        ...

    async def is_handled(self, digest: str) -> bool:
        """Whether the mail with this digest was dealt with, now or in another process."""
        ...

    async def keep_files(
        self, number: int, digest: str, files: Sequence[MailFile]
    ) -> tuple[IncomingFile, ...]:
        """Keep the files of a mail about question ``number``; returns their handles."""
        ...

    async def file(self, handle: str) -> bytes | None:
        """The content of a kept file; None where it is gone."""
        ...

    async def place(self, number: int, address: str) -> Place | None:
        """Where question ``number`` is discussed with ``address``; None: it is not."""
        ...

    async def thread(self, to: ConversationRef, text: str) -> Thread:
        """What is to stand around a mail that says ``text`` to this place."""
        ...

    async def returned(self, verdict: Returned) -> None:
        """A mail did not arrive."""
        ...

    async def refused(self, digest: str, sender: str, verdict: Refused) -> None:
        """A mail was not passed on; the secretariat should know of it, once a mail."""
        ...

    async def trouble(self, trouble: Trouble | None) -> None:
        """The mailbox cannot be read, or can again (None); the same may be told twice."""
        ...
