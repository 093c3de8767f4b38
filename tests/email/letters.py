"""Mails as people's programs write them, for the tests."""

from __future__ import annotations

import struct
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

CONTACT: Final = "amina@example.org"
DESK: Final = "insop@example.net"


def mail(
    text: str = "",
    *,
    html: str | None = None,
    files: tuple[tuple[str, str, bytes], ...] = (),
    sender: str = f"Amina <{CONTACT}>",
    to: str = DESK,
    subject: str = "Re: a question",
    message_id: str = "<one@example.org>",
    **headers: str,
) -> EmailMessage:
    """A mail; more headers by name with underscores, such as ``In_Reply_To``."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = "Mon, 23 Nov 2026 09:00:00 +0100"
    if message_id:
        message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    if text or html is None:
        message.set_content(text)
        if html is not None:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    for name, kind, data in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message


def tnef(body: str, files: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    """A ``winmail.dat`` (MS-OXTNEF): a signature, a key, and one object after another."""
    parts = [struct.pack("<IH", 0x223E9F78, 1)]
    parts.append(_object(1, 0x9006, 8, struct.pack("<I", 0x10000)))
    parts.append(_object(1, 0x9007, 6, struct.pack("<II", 1252, 0)))
    parts.append(_object(1, 0x800C, 2, body.encode("cp1252") + b"\0"))
    for name, data in files:
        parts.append(_object(2, 0x9002, 6, b"\0" * 14))
        parts.append(_object(2, 0x8010, 1, name.encode("cp1252") + b"\0"))
        parts.append(_object(2, 0x800F, 6, data))
    return b"".join(parts)


def _object(level: int, name: int, kind: int, data: bytes) -> bytes:
    return (
        struct.pack("<BHHI", level, name, kind, len(data))
        + data
        + struct.pack("<H", sum(data) & 0xFFFF)
    )


def bounce(returned: bytes, recipient: str = CONTACT, *, action: str = "failed") -> bytes:
    """A report as Postfix sends it (RFC 3464)."""
    status = "5.1.1" if action == "failed" else "4.4.1"
    head = returned.split(b"\r\n\r\n")[0]
    return (
        (
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.net (Mail Delivery System)\r\n"
            f"To: {DESK}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
            "Auto-Submitted: auto-replied\r\nMessage-ID: <report@example.net>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; "
            'boundary="b"'
            "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; example.net\r\n\r\n"
            f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
            f"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        ).encode()
        + head
        + b"\r\n\r\n--b--\r\n"
    )
