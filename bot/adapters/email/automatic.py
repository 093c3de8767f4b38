"""Mail that no person wrote: what came back, holiday notices, lists, and our own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from bot.adapters.email.headers import addresses_of, ids_of, raw_value, raw_values, text_of
from bot.adapters.email.tokens import find_tokens, same_address

OWN_HEADER: Final = "X-INSOP-Assistant"
"""Stands in every mail that leaves here."""

_SUBJECTS: Final = re.compile(
    r"^\s*(?:auto(?:matic)?[ :-]|auto[- ]?reply|out of (?:the )?office|away from|vacation|on leave"
    r"|i am (?:out|away)|r[ée]ponse automatique|absen(?:t|ce)|message d.absence|abwesenheit"
    r"|automatische antwort|respuesta autom[aá]tica|fuera de (?:la )?oficina|ausencia"
    r"|risposta automatica"
    r"|автоматическ|автоответ|нет на месте|в отпуске|(?:ال)?رد (?:ال)?تلقائي|خارج المكتب"
    r"|自动(?:回复|答复)|自動(?:回覆|回復)|不在办公室|外出)",
    re.IGNORECASE,
)
_DAEMON: Final = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon)@", re.IGNORECASE)
_STATUS: Final = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A report that a mail did not arrive (RFC 3464). ``ids`` are those of the mail meant."""

    recipients: tuple[str, ...]
    ids: tuple[str, ...]
    subject: str
    is_final: bool


def bounce_in(message: Message) -> Bounce | None:
    """What the mail reports, where it is such a report."""
    is_report = message.get_content_type() == "multipart/report"
    failed = addresses_of(message, "X-Failed-Recipients")
    is_daemon = bool(_DAEMON.match(_sender(message)))
    if not (is_report or failed or is_daemon):
        return None
    recipients: list[str] = list(failed)
    ids: list[str] = list(ids_of(message, "In-Reply-To", "References"))
    subject, is_final, is_about_delivery = "", bool(failed) or is_daemon, not is_report
    for part in parts_of(message)[:10]:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            is_about_delivery = True
            found, is_final = _status(part)
            recipients += found
        elif kind in ("message/rfc822", "message/rfc822-headers", "text/rfc822-headers"):
            returned = _returned(part)
            ids += ids_of(returned, "Message-ID", "References")
            recipients += addresses_of(returned, "To")
            subject = subject or text_of(returned, "Subject")
    if not is_about_delivery:
        return None
    return Bounce(
        recipients=tuple(dict.fromkeys(recipients)),
        ids=tuple(dict.fromkeys(ids)),
        subject=subject or text_of(message, "Subject"),
        is_final=is_final,
    )


def is_automatic(message: Message) -> bool:
    """Whether a program answered or a list spoke (RFC 3834; the marks in use before and beside)."""
    submitted = raw_value(message, "Auto-Submitted").split(";")[0].strip().lower()
    if submitted and submitted != "no":
        return True
    if raw_value(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return True
    marks = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-AutoReply-From", "List-Id")
    if any(raw_values(message, name) for name in marks):
        return True
    if raw_values(message, "Return-Path")[:1] == ["<>"] or not _sender(message):
        return True
    return bool(_SUBJECTS.match(text_of(message, "Subject")))


def is_own(message: Message) -> bool:
    """Whether the assistant itself sent it, whoever passed it on: its mark, or its Message-ID."""
    if raw_values(message, OWN_HEADER):
        return True
    return any(
        each.startswith("insop.") and find_tokens(each) for each in ids_of(message, "Message-ID")
    )


def parts_of(message: Message) -> list[Message]:
    """The parts inside, none of one without.

    A text is not looked at: the library would decode it by whatever charset it claims to have.
    """
    payload = message.get_payload() if message.is_multipart() else None
    if not isinstance(payload, list):
        return []
    return [part for part in payload if isinstance(part, Message)]


def _sender(message: Message) -> str:
    found = addresses_of(message, "From")
    return found[0] if found else ""


def _status(part: Message) -> tuple[list[str], bool]:
    """The recipients that it names, and whether the failure is for good."""
    recipients: list[str] = []
    is_final = False
    for fields in parts_of(part)[:50]:
        action = raw_value(fields, "Action").strip().lower()
        status = _STATUS.search(raw_value(fields, "Status"))
        is_failure = action == "failed" or (not action and status is not None and status[1] == "5")
        for name in ("Original-Recipient", "Final-Recipient"):
            _, _, address = raw_value(fields, name).rpartition(";")
            if address.strip():
                recipients.append(same_address(address))
        is_final = is_final or is_failure
    return recipients, is_final


def _returned(part: Message) -> Message:
    """The mail, or its headers, that a report gives back."""
    inner = parts_of(part)
    if inner:
        return inner[0]
    payload = part.get_payload(decode=True)
    return message_from_bytes(payload[:100_000] if isinstance(payload, bytes) else b"")
