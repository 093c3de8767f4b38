"""Mail about a question: to the contact who has it, and in a form that a reply comes back from.

The token stands in the reply address where the server knows plus-addressing (RFC 5233), else in
the subject, and in any case in the Message-ID, which replies and bounces quote. A mail's id
follows from its outbox row, so that a repeated send is a copy that mail programs show once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Final

from bot.adapters.email.automatic import OWN_HEADER
from bot.adapters.email.office import Thread
from bot.adapters.email.stripping import MARKER
from bot.adapters.email.tokens import Token
from bot.adapters.email.unsubscribing import offer_unsubscribing
from bot.chat.cleaning import clean_line
from bot.chat.markup import plain
from bot.chat.messages import Attachment, LinkButton, Message

SUBJECT_LIMIT: Final = 150
REFERENCES: Final = 20
"""Message ids of a thread that are named; the first one always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """How a reply finds back. ``address`` is the mailbox that is read."""

    address: str
    has_plus: bool
    domain: str

    def reply_to(self, token: Token) -> str:
        """The address to answer to."""
        if not self.has_plus:
            return self.address
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{token}@{domain}"

    def subject(self, token: Token, title: str) -> str:
        """The subject line, the same for all mails of one question."""
        mark = f"#{token.number}" if self.has_plus else f"#{token.number} · {token}"
        return f"[INSOP {mark}] {clean_line(title, SUBJECT_LIMIT)}".strip()

    def message_id(self, token: Token, nonce: str) -> str:
        """A mail's id before the ``@``, at most 64 characters."""
        return f"insop.{token}.{nonce[:16]}"

    def root(self, number: int) -> str:
        """The id of a mail that never was, which all mails of a question hang from."""
        return f"insop.{number}@{self.domain}"


def compose(
    message: Message,
    *,
    to: str,
    sender: str,
    way: Return,
    token: Token,
    nonce: str | None,
    thread: Thread,
    now: datetime,
    limit: int,
) -> tuple[EmailMessage, str]:
    """The mail and its id (without domain).

    ``limit`` bounds the bytes of all files; what does not fit is named.
    """
    mail = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    local = way.message_id(token, nonce or secrets.token_hex(8))
    root = way.root(token.number)
    ids = [each if "@" in each else f"{each}@{way.domain}" for each in thread.ids]
    mail["From"] = sender
    mail["To"] = Address(addr_spec=to)
    mail["Reply-To"] = Address(addr_spec=way.reply_to(token))
    mail["Subject"] = way.subject(token, thread.title or message.title)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{local}@{way.domain}>"
    mail["In-Reply-To"] = f"<{ids[-1] if ids else root}>"
    mail["References"] = " ".join(f"<{each}>" for each in (root, *ids[1 - REFERENCES :]))
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OWN_HEADER] = "question"
    offer_unsubscribing(mail, thread.stop)
    files, names = _fitting(message.attachments, limit)
    mail.set_content(body(message, thread, names), charset="utf-8", cte="quoted-printable")
    for file in files:
        main, _, sub = file.media_type.partition("/")
        mail.add_attachment(
            file.data,
            maintype=main or "application",
            subtype=sub or "octet-stream",
            filename=file.name,
        )
    return mail, local


def body(message: Message, thread: Thread, left_out: Sequence[str] = ()) -> str:
    """The words as plain text below the line above which people write, then what was before."""
    links = [
        f"{item.label}: {item.url}"
        for row in message.rows
        for item in row
        if isinstance(item, LinkButton)
    ]
    parts = [
        f"{MARKER} {clean_line(thread.hint, 300)}".strip(),
        plain(message.title).strip(),
        plain(message.text).strip(),
        plain(message.footer).strip(),
        "\n".join(links),
        "\n".join(f"📎 ✗ {name}" for name in left_out),
        f"{thread.stop_hint} {thread.stop}" if thread.stop else "",
        "\n".join(f"> {line}".rstrip() for line in thread.transcript.splitlines()),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _fitting(files: Sequence[Attachment], limit: int) -> tuple[list[Attachment], list[str]]:
    kept: list[Attachment] = []
    names: list[str] = []
    room = limit
    for file in files:
        if len(file.data) <= room:
            room -= len(file.data)
            kept.append(file)
        else:
            names.append(f"{file.name} ({len(file.data) / 1_000_000:.1f} MB)")
    return kept, names
