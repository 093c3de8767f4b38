"""A real IMAP server (pymap) and a real SMTP server (aiosmtpd) on this machine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from imapclient import IMAPClient
from proxyprotocol.reader import ProxyProtocolReader
from proxyprotocol.sock import SocketInfo
from pydantic import SecretStr
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer, IMAPService

from bot.config_mailbox import MailboxSettings
from tests.waiting import until

USER = "desk"
PASSWORD = "correct horse"


def mailbox_at(port: int, **values: Any) -> MailboxSettings:
    """Settings of the mailbox on this port."""
    return MailboxSettings(
        **{
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "username": USER,
            "password": SecretStr(PASSWORD),
            "timeout": 10.0,
            "poll": 1.0,
            **values,
        }
    )


class ImapServer:
    """One mailbox. Mails stay while the server is down; ``renumber`` gives new UIDs."""

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._backend: Any = None
        self._config: Any = None

    async def start(self) -> None:
        """Listen, on the same port as before where there was one."""
        if self._backend is None:
            parser = argparse.ArgumentParser()
            DictBackend.add_subparser("dict", parser.add_subparsers())
            IMAPService.add_arguments(parser)
            parser.set_defaults(passlib_cfg=None, debug=False)
            options = ["--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD]
            self._backend, self._config = await DictBackend.init(parser.parse_args(options))
            self._config.apply_context()
        reader = ProxyProtocolReader(self._config.proxy_protocol)
        serve = IMAPServer(self._backend.login, self._config)

        async def connected(incoming: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
            self._writers.add(out)
            try:
                info = SocketInfo.get(out, await reader.read(incoming), unique_id=b"1")
                await serve(incoming, out, info)
            except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                pass
            finally:
                self._writers.discard(out)
                out.close()

        self._server = await asyncio.start_server(connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone: every connection breaks."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await until(lambda: not self._writers, "the end of the connections")
        self._server = None

    def settings(self, **values: Any) -> MailboxSettings:
        """How to reach it."""
        return mailbox_at(**{"port": self.port, **values})

    async def deliver(self, *mails: EmailMessage | bytes) -> None:
        """Put mails into the mailbox, in this order."""

        def work() -> None:
            with self._client() as client:
                for mail in mails:
                    client.append("INBOX", mail if isinstance(mail, bytes) else mail.as_bytes())

        await asyncio.to_thread(work)

    async def flags(self, folder: str = "INBOX") -> list[tuple[str, ...]]:
        """The flags of each mail in a folder."""

        def work() -> list[tuple[str, ...]]:
            with self._client() as client:
                client.select_folder(folder, readonly=True)
                found = client.fetch(client.search(), ["FLAGS"]) if client.search() else {}
                return [
                    tuple(sorted(flag.decode() for flag in data[b"FLAGS"] if flag != b"\\Recent"))
                    for _, data in sorted(found.items())
                ]

        return await asyncio.to_thread(work)

    async def renumber(self) -> None:
        """As after a restored backup: another UIDVALIDITY."""
        mailbox_set, _ = self._config.set_cache[USER]
        inbox = await mailbox_set.get_mailbox("INBOX")
        inbox._uid_validity += 1

    @contextlib.contextmanager
    def _client(self) -> Iterator[IMAPClient]:
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False)
        try:
            client.login(USER, PASSWORD)
            client.select_folder("INBOX")
            yield client
        finally:
            client.logout()


class SmtpServer:
    """Keeps what it is given; ``refusals`` are answers for recipients, by address."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.refusals: dict[str, str] = {}
        self.port = 0
        self._controller: Controller | None = None

    def start(self) -> None:
        """Listen, on the same port as before where there was one."""
        self.port = self.port or _free_port()
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            enable_SMTPUTF8=True,
            data_size_limit=40_000_000,
        )
        self._controller.start()

    def stop(self) -> None:
        """Be gone."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived."""
        found = [message_from_bytes(raw, policy=default) for raw in self.raw]
        return [mail for mail in found if isinstance(mail, EmailMessage)]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        return "250 OK"


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
