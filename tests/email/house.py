"""The whole house: an asker on Telegram, a contact with a mail program, real servers between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email.message import EmailMessage

from bot.store import Database
from bot.store.migrating import upgrade
from tests.email.letters import CONTACT, DESK
from tests.email.process import works
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.people import Person
from tests.telegram.loopback.server import LoopbackServer
from tests.waiting import until

QUESTION = "My well smells of diesel, who can look at it?"


class House:
    """``start`` and ``stop`` are a process's; everything else outlives them.

    ``url`` is an empty database.
    """

    def __init__(
        self, url: str, telegram: LoopbackServer, imap: ImapServer, smtp: SmtpServer
    ) -> None:
        self.telegram = telegram
        self.imap = imap
        self.smtp = smtp
        self.url = url
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.database: Database

    async def start(self) -> None:
        """Everything that ``insop run`` runs for these platforms."""
        self.database = Database(self.url)
        await upgrade(self.database)
        self._stop = asyncio.Event()
        found = works(self.database, self.telegram.url, self.smtp.port, self.imap.port, "house")
        self._tasks = [asyncio.create_task(work(self._stop)) for work in found.values()]

    async def stop(self) -> None:
        """As SIGTERM."""
        self._stop.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*self._tasks)
        await self.database.close()

    async def mail(self, number: int, to: str = CONTACT) -> EmailMessage:
        """The ``number``th mail (from 1) that an address got."""
        await self._until(lambda: len(self.mails(to)) >= number, f"mail {number} to {to}")
        return self.mails(to)[number - 1]

    async def about(self, number: int) -> EmailMessage:
        """The first mail about a question, to whichever contact has it."""
        return await self._first(lambda mail: f"#{number} " in mail["Subject"])

    async def mail_with(self, text: str) -> EmailMessage:
        """A mail that says ``text``."""
        return await self._first(lambda mail: text in words(mail))

    async def _first(self, is_meant: Callable[[EmailMessage], bool]) -> EmailMessage:
        def found() -> list[EmailMessage]:
            return [mail for mail in self.smtp.mails if is_meant(mail)]

        await self._until(lambda: bool(found()), "such a mail")
        return found()[0]

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        def look() -> bool:
            for task in self._tasks:
                if task.done():
                    task.result()
            return is_so()

        await until(look, what)

    def mails(self, to: str = CONTACT) -> list[EmailMessage]:
        """What an address got."""
        return [mail for mail in self.smtp.mails if str(mail["To"]).casefold() == to.casefold()]

    async def answers(
        self, mail: EmailMessage, text: str, *, sender: str | None = None, n: int = 1
    ) -> EmailMessage:
        """Answer a mail as a mail program does; returns what was sent."""
        made = replied(mail, text, sender=sender, n=n)
        await self.imap.deliver(made)
        return made


async def asks(house: House, text: str = QUESTION, name: str = "Ana") -> Person:
    """Somebody puts a question to people."""
    person = house.telegram.user(name)
    await person.says("/contact")
    await person.sees("question?")
    await person.says(text)
    await person.sees("has the number")
    return person


def count(person: Person, text: str) -> int:
    """How many messages with these words somebody sees."""
    return sum(text in seen.text for seen in person.shown())


def replied(
    mail: EmailMessage, text: str, *, sender: str | None = None, n: int = 1
) -> EmailMessage:
    """The answer to a mail as a mail program writes it."""
    quoted = "\n".join(f"> {line}" for line in words(mail).split("\n"))
    made = EmailMessage()
    made["From"] = sender or str(mail["To"])
    made["To"] = mail["Reply-To"]
    made["Subject"] = f"Re: {mail['Subject']}"
    made["Message-ID"] = f"<reply{n}@example.org>"
    made["In-Reply-To"] = mail["Message-ID"]
    made["References"] = f"{mail['References']} {mail['Message-ID']}"
    made.set_content(f"{text}\n\nOn Monday INSOP <{DESK}> wrote:\n{quoted}\n")
    return made


def words(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r", "")
