"""A mailbox on an IMAP server, by IMAPClient; everything here blocks and belongs in a thread.

IMAPClient was chosen over aioimaplib and imap-tools: it is kept up, freely licensed, speaks IDLE
and MOVE, and hands out raw responses by UID, so that a mail can be fetched in pieces.
"""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from bot.config_mailbox import MailboxSettings

PIECE: Final = 1 << 20
"""Bytes of a mail that are fetched at once."""
LOOK: Final = 1.0
"""Seconds between two looks at ``stop`` while the server is to speak first."""


class MailboxError(Exception):
    """The mailbox cannot be read now. ``is_refused``: user name, password or folder are wrong."""

    def __init__(self, reason: str, *, is_refused: bool = False) -> None:
        super().__init__(reason)
        self.is_refused = is_refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A mail on the server. ``size`` in bytes, as the server counts."""

    uid: int
    size: int


class Mailbox:
    """One connection with one folder selected; raises ``MailboxError`` and nothing else."""

    def __init__(self, settings: MailboxSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = tls or ssl.create_default_context()
        self._client: IMAPClient | None = None
        self.validity = 0
        """UIDVALIDITY (RFC 9051, 2.3.1.1): where it changes, all UIDs mean other mails."""

    def open(self) -> None:
        """Connect, log in, select the folder."""
        settings = self._settings
        with _errors():
            client = IMAPClient(
                settings.host,
                port=settings.port,
                ssl=settings.security == "tls",
                ssl_context=self._tls if settings.security == "tls" else None,
                timeout=settings.timeout,
            )
            self._client = client
            if settings.security == "starttls":
                client.starttls(self._tls)
            password = settings.password.get_secret_value() if settings.password else ""
            client.login(settings.username or "", password)
            self._prepare(client)

    def close(self) -> None:
        """Log out as far as that is possible."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except (IMAPClientError, OSError, ValueError):
                with contextlib.suppress(IMAPClientError, OSError, ValueError):
                    client.shutdown()

    def newer_than(self, uid: int) -> list[Entry]:
        """Mails with a higher UID, in the order in which they came."""
        return self._entries(["UID", f"{uid + 1}:*"], uid)

    def not_handled(self, since: date | None) -> list[Entry]:
        """Mails that nobody has opened, and all that came on ``since`` or later."""
        unseen = self._entries(["UNSEEN"])
        recent = self._entries(["SINCE", since]) if since else []
        return sorted({entry.uid: entry for entry in (*unseen, *recent)}.values(), key=_uid)

    def last_uid(self) -> int:
        """The highest UID given so far."""
        with _errors():
            status = self._open.folder_status(self._settings.folder, ["UIDNEXT"])
            return int(status[b"UIDNEXT"]) - 1

    def fetch(self, uid: int, limit: int) -> bytes | None:
        """A mail of at most ``limit`` bytes, in pieces; None where it is gone."""
        data = bytearray()
        with _errors():
            while len(data) < limit:
                wanted = min(PIECE, limit - len(data))
                found = self._open.fetch([uid], [f"BODY.PEEK[]<{len(data)}.{wanted}>"])
                if uid not in found:
                    return None
                piece = _piece(found[uid])
                data += piece
                if len(piece) < wanted:
                    break
        return bytes(data)

    def mark(self, uid: int) -> None:
        """This mail is done with: opened, and put aside where a folder is set for that."""
        with _errors():
            self._open.add_flags([uid], [b"\\Seen"], silent=True)
            folder = self._settings.done_folder
            if folder is None:
                return
            if self._open.has_capability("MOVE"):
                self._open.move([uid], folder)
            else:
                self._open.copy([uid], folder)
                self._open.add_flags([uid], [b"\\Deleted"], silent=True)
                self._open.expunge([uid])

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Return when something came, when ``stop`` is set, or after so many seconds."""
        with _errors():
            if not self._open.has_capability("IDLE"):
                stop.wait(seconds)
                self._open.noop()
                return
            ends = time.monotonic() + seconds
            self._open.idle()
            while not stop.is_set() and time.monotonic() < ends:
                if any(b"EXISTS" in each for each in self._open.idle_check(timeout=LOOK)):
                    break
            self._open.idle_done()

    @property
    def _open(self) -> IMAPClient:
        if self._client is None:
            raise MailboxError("not connected")
        return self._client

    def _prepare(self, client: IMAPClient) -> None:
        settings = self._settings
        try:
            selected = client.select_folder(settings.folder)
            if settings.done_folder and not client.folder_exists(settings.done_folder):
                client.create_folder(settings.done_folder)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise MailboxError("there is no such folder", is_refused=True) from error
        self.validity = int(selected[b"UIDVALIDITY"])

    def _entries(self, criteria: list[Any], above: int = 0) -> list[Entry]:
        with _errors():
            # "n:*" names the last mail even where its UID is below n.
            uids = [uid for uid in self._open.search(criteria) if uid > above]
            if not uids:
                return []
            sizes = self._open.fetch(uids, ["RFC822.SIZE"])
        found = [Entry(uid=uid, size=int(data[b"RFC822.SIZE"])) for uid, data in sizes.items()]
        return sorted(found, key=_uid)


def check_mailbox(settings: MailboxSettings, *, tls: ssl.SSLContext | None = None) -> int:
    """Open and close the mailbox; returns its last UID, raises ``MailboxError``."""
    mailbox = Mailbox(settings, tls=tls)
    try:
        mailbox.open()
        return mailbox.last_uid()
    finally:
        mailbox.close()


def _uid(entry: Entry) -> int:
    return entry.uid


def _piece(data: dict[bytes, Any]) -> bytes:
    for key, value in data.items():
        if key.startswith(b"BODY[]"):
            return value or b""
    return b""


@contextlib.contextmanager
def _errors() -> Iterator[None]:
    try:
        yield
    except LoginError as error:
        raise MailboxError("the log-in is refused", is_refused=True) from error
    except ssl.SSLError as error:
        raise MailboxError("no secure connection", is_refused=True) from error
    except (IMAPClientError, OSError, EOFError, KeyError, ValueError) as error:
        raise MailboxError(type(error).__name__) from error
