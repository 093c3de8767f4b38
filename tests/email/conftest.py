"""Servers, an adapter between them, and a hand that waits for what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.adapters.email.adapter import EmailAdapter
from bot.adapters.email.smtp import SmtpMail
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.config_mailbox import MailboxSettings
from bot.config_members import EmailSettings
from tests.clock import ManualClock
from tests.email.fakes import FakeOffice
from tests.email.house import House
from tests.email.letters import CONTACT, DESK
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.server import LoopbackServer


@pytest.fixture
async def imap() -> AsyncIterator[ImapServer]:
    server = ImapServer()
    await server.start()
    yield server
    if server._server is not None:
        await server.stop()


@pytest.fixture
def smtp() -> Iterator[SmtpServer]:
    server = SmtpServer()
    server.start()
    yield server
    server.stop()


class Desk:
    """The adapter with a fake house behind it."""

    def __init__(self, imap: ImapServer, smtp: SmtpServer, **mailbox: object) -> None:
        self.imap = imap
        self.smtp = smtp
        self.office = FakeOffice()
        self.clock = ManualClock()
        self.settings: MailboxSettings = imap.settings(**mailbox)
        email = EmailSettings(
            transport="smtp",
            host="127.0.0.1",
            port=smtp.port,
            security="none",
            sender=f"INSOP <{DESK}>",
        )
        self.adapter = self._make(email)
        self.pauses: list[float] = []
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _make(self, email: EmailSettings) -> EmailAdapter:
        async def pause(seconds: float, stop: asyncio.Event) -> None:
            self.pauses.append(seconds)
            await asyncio.sleep(0.02)

        return EmailAdapter(
            email=email,
            mailbox=self.settings,
            post=SmtpMail(email),
            office=self.office,
            clock=self.clock,
            pause=pause,
        )

    def open(self) -> None:
        """Begin to read the mailbox."""
        self._stop = asyncio.Event()
        self._task = asyncio.ensure_future(self.adapter.run(self.office.dispatch, self._stop))

    async def close(self) -> None:
        """Stop reading."""
        if self._task is not None:
            self._stop.set()
            await self._task
            self._task = None

    async def ask(self, number: int = 12, text: str = "How deep?", to: str = CONTACT) -> str:
        """Send a question; returns the token in the mail."""
        where = ConversationRef(platform="email", chat_id=to, thread_id=str(number))
        await self.adapter.send(where, Message(text=text, title="Lead"), nonce="N" * 20)
        return str((await self.office.tokens()).make(number, to, self.clock.now()))


@pytest.fixture
async def desk(imap: ImapServer, smtp: SmtpServer) -> AsyncIterator[Desk]:
    made = Desk(imap, smtp)
    yield made
    await made.close()


@pytest.fixture
async def house(url: str, imap: ImapServer, smtp: SmtpServer) -> AsyncIterator[House]:
    """Everything that runs, on ``url``."""
    async with LoopbackServer() as telegram:
        made = House(url, telegram, imap, smtp)
        await made.start()
        yield made
        await made.stop()
