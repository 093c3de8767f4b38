"""Askers and contacts on each platform, as the chaos test needs them: they say, and they see."""

from __future__ import annotations

import asyncio
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import create_engine, select

from bot.store.schema import inbox
from tests import waiting
from tests.desk.worker import Place
from tests.discord.wire.payloads import snowflake
from tests.discord.wire.people import Person as DiscordPerson
from tests.discord.wire.server import Interaction, WireServer
from tests.email.house import replied, words
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.people import Group
from tests.telegram.loopback.people import Person as TelegramPerson

ROOT = Path(__file__).resolve().parents[2]
NUMBER = re.compile(r"\[INSOP #(\d+)")


until = partial(waiting.until, seconds=300.0)


class Asker(Protocol):
    """Somebody with a question."""

    async def asks(self, text: str) -> None: ...

    async def says(self, text: str) -> None: ...

    def seen(self) -> str: ...

    async def leaves(self) -> None: ...


class _Online:
    """Somebody whose chat needs no closing."""

    async def leaves(self) -> None:
        """Nothing to do."""


class DeskSide(Protocol):
    """Where contacts answer; ``of`` names a question by words of its own."""

    async def answers(self, of: str, text: str) -> None: ...

    def seen(self, of: str) -> str: ...


class Listening:
    """Discord repeats nothing: who was not heard because the assistant was down says it again.

    Whether somebody was heard is looked up in the inbox of the dead process, so nobody speaks
    twice for nothing. ``repeated`` counts them.
    """

    def __init__(self, server: WireServer, database: str) -> None:
        self._gateway = server.gateway
        self._engine = create_engine(database)
        self._lives = 0
        self.repeated = 0

    def died(self) -> None:
        """The process is gone for certain."""
        self._lives += 1

    def close(self) -> None:
        """No more is said."""
        self._engine.dispose()

    async def heard(self, say: Callable[[], Awaitable[str]]) -> None:
        """Say something (``say`` returns its id) until it was taken in."""
        await self.until_there(say, self._is_taken)

    async def until_there(
        self, say: Callable[[], Awaitable[str]], is_there: Callable[[str], bool]
    ) -> str:
        """Say something until ``is_there``, again after each death that came between."""
        while True:
            await until(lambda: self._gateway.is_live, "the gateway")
            life = self._lives
            try:
                key = await say()
            except ConnectionError:
                # It died while this was said; once that is certain, it is said again.
                await self._until_death_or(life, lambda: False)
                continue
            is_done = partial(is_there, key)
            await self._until_death_or(life, is_done)
            if is_done():
                return key
            self.repeated += 1

    async def _until_death_or(self, life: int, is_done: Callable[[], bool]) -> None:
        await until(lambda: self._lives > life or is_done(), "a sign of life or death")

    def _is_taken(self, key: str) -> bool:
        mine = (inbox.c.platform == "discord", inbox.c.update_id == key)
        with self._engine.connect() as connection:
            return connection.execute(select(inbox.c.update_id).where(*mine)).first() is not None


class OnTelegram(_Online):
    """An asker on Telegram."""

    def __init__(self, person: TelegramPerson) -> None:
        self._person = person

    async def asks(self, text: str) -> None:
        await self._person.says("/contact")
        await until(lambda: "What is your question?" in self.seen(), "the form")
        await self._person.says(text)

    async def says(self, text: str) -> None:
        await self._person.says(text)

    def seen(self) -> str:
        return "\n".join(seen.text for seen in self._person.shown())


class OnDiscord(_Online):
    """An asker in direct messages on Discord."""

    def __init__(self, person: DiscordPerson, server: WireServer, listening: Listening) -> None:
        self._person = person
        self._server = server
        self._listening = listening

    async def asks(self, text: str) -> None:
        used: dict[str, Interaction] = {}

        async def use() -> str:
            interaction = await self._person.uses("contact")
            used[str(interaction.id)] = interaction
            return str(interaction.id)

        modal = None
        while modal is None:
            key = await self._listening.until_there(use, lambda key: bool(used[key].callbacks))
            # Who is slow may only say "wait" in time, and offer a button; asking again does too.
            modal = used[key].callbacks[0].get("data")

        async def submit() -> str:
            return str((await self._person.submits(modal, question=text)).id)

        await self._listening.heard(submit)

    async def says(self, text: str) -> None:
        await self._listening.heard(lambda: self._person.says(text))

    def seen(self) -> str:
        return shown(self._server.messages[self._person.channel_id])


class InTerminal:
    """An asker at a terminal: a process of its own on the same database, which nobody kills."""

    def __init__(self, name: str, place: Place) -> None:
        self._name = name
        self._place = place
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._shown = b""

    async def asks(self, text: str) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._place.command("tests.desk.terminal"),
            self._name,
            cwd=ROOT,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
        )
        self._reading = asyncio.create_task(self._read())
        await self.says("/contact")
        await until(lambda: "What is your question?" in self.seen(), "the form")
        await self.says(text)

    async def says(self, text: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        await self._process.stdin.drain()

    def seen(self) -> str:
        return self._shown.decode(errors="replace")

    async def leaves(self) -> None:
        """Close the terminal."""
        if self._process is not None and self._reading is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._reading
            await self._process.wait()

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while read := await self._process.stdout.read(65536):
            self._shown += read


class TelegramDesk:
    """A forum group with a topic for each question."""

    def __init__(self, group: Group, contact: TelegramPerson) -> None:
        self._group = group
        self._contact = contact

    async def answers(self, of: str, text: str) -> None:
        await self._contact.says(text, chat=self._group, topic=self._group.thread(of))

    def seen(self, of: str) -> str:
        threads = {key for key, name in self._group.state.topics.items() if of in name}
        return "\n".join(
            seen.text
            for seen in self._group.shown()
            if seen.raw.get("message_thread_id") in threads
        )


class DiscordDesk:
    """A text channel with a thread for each question; contacts use Reply, with the ping on."""

    def __init__(self, server: WireServer, contact: DiscordPerson, listening: Listening) -> None:
        self._server = server
        self._contact = contact
        self._listening = listening
        self._guild = snowflake()
        self.channel = server.threads.add_desk(self._guild)

    async def answers(self, of: str, text: str) -> None:
        thread = self._server.threads.called(of)[-1]
        last = self._server.messages[thread][-1]
        reply = partial(self._contact.replies, thread, self._guild, last, text)
        await self._listening.heard(reply)

    def seen(self, of: str) -> str:
        threads = self._server.threads.called(of)
        return "\n".join(shown(self._server.messages[thread]) for thread in threads)


class MailDesk:
    """The mailboxes of all contacts; whoever has a question answers its first mail."""

    def __init__(self, imap: ImapServer, smtp: SmtpServer) -> None:
        self._imap = imap
        self._smtp = smtp
        self._read: list[tuple[str, str, EmailMessage]] = []
        self._sent = 0

    async def answers(self, of: str, text: str) -> None:
        self._sent += 1
        _, _, mail = next(entry for entry in self._mails() if of in entry[1])
        await self._imap.deliver(replied(mail, text, n=self._sent))

    def seen(self, of: str) -> str:
        numbers = {number for number, text, _ in self._mails() if of in text}
        return "\n".join(text for number, text, _ in self._mails() if number in numbers)

    def _mails(self) -> list[tuple[str, str, EmailMessage]]:
        """The question's number, the words above the quotation, the mail."""
        for raw in self._smtp.raw[len(self._read) :]:
            mail = message_from_bytes(raw, policy=default)
            assert isinstance(mail, EmailMessage)
            found = NUMBER.search(str(mail["Subject"]))
            own = [line for line in words(mail).split("\n") if not line.startswith(">")]
            text = "\n".join(own).replace("\\", "")
            self._read.append((found[1] if found else "", text, mail))
        # A mail program shows what comes twice under one id once.
        return list({str(entry[2]["Message-ID"]): entry for entry in self._read}.values())


def shown(messages: list[dict[str, Any]]) -> str:
    """What stands in messages of Discord, embeds included."""
    parts: list[str] = []
    for message in messages:
        parts.append(message["content"])
        for embed in message["embeds"]:
            parts += [embed.get("title", ""), embed.get("description", "")]
    return "\n".join(parts).replace("\\", "")
