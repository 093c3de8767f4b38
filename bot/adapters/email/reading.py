"""A mail from anybody, taken apart: pure, never raising, within bounds of time and memory.

The standard library makes the tree of parts; what is in a part is read here, with a limit to each
number that the sender chooses.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import PurePath
from typing import Final, Literal

from bot.adapters.email.automatic import Bounce, bounce_in, is_automatic, is_own, parts_of
from bot.adapters.email.headers import (
    addresses_of,
    date_of,
    ids_of,
    raw_values,
    sender_of,
    text_of,
)
from bot.adapters.email.html_text import html_to_text
from bot.adapters.email.stripping import new_words
from bot.adapters.email.winmail import unpack
from bot.chat.cleaning import clean, clean_line

RAW_LIMIT: Final = 40_000_000
"""Bytes of a mail: 25 MB of files grow by a third on their way (base64)."""
FILES_LIMIT: Final = 25_000_000
FILES: Final = 20
PARTS: Final = 200
NESTING: Final = 40
TEXT_LIMIT: Final = 20_000
"""Characters of one answer."""
ORNAMENT: Final = 15_000
"""Bytes up to which a picture inside the text is taken for a logo under a signature."""

_WITHOUT_TEXT: Final = frozenset(
    {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape"}
)
_IGNORED: Final = frozenset(
    {
        "text/calendar",
        "application/ics",
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)

_NAMES: Final = {
    "message/rfc822": "mail.eml",
    "image/jpeg": "picture.jpg",
    "image/png": "picture.png",
    "application/pdf": "document.pdf",
    "text/plain": "text.txt",
}

Kind = Literal["letter", "automatic", "bounce", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """A file that came along."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """``text`` is what was written anew, ``recipients`` all addresses it was sent to.

    ``left_out`` names files beyond the limits. ``digest`` is the same for every copy of a mail.
    Of an ``unreadable`` one only ``digest`` and ``size`` are known.
    """

    kind: Kind
    digest: str
    size: int
    sender: str = ""
    sender_name: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    text: str = field(default="", repr=False)
    is_cut: bool = False
    files: tuple[MailFile, ...] = ()
    left_out: tuple[str, ...] = ()
    is_own: bool = False
    """Whether it left here, so that a contact's rule sent it back."""
    bounce: Bounce | None = None
    results: tuple[str, ...] = ()
    """The Authentication-Results headers (RFC 8601), the outermost first."""


def read_mail(raw: bytes) -> Mail:
    """Everything that can be known of a mail; takes any bytes at all."""
    if len(raw) > RAW_LIMIT or _is_nested_too_deeply(raw):
        return Mail(kind="unreadable", digest=_digest(raw), size=len(raw))
    try:
        return _read(message_from_bytes(raw, policy=compat32), raw)
    except Exception:  # The tree's parser raises of many kinds, RecursionError among them.
        return Mail(kind="unreadable", digest=_digest(raw), size=len(raw))


def _read(message: Message, raw: bytes) -> Mail:
    sender, name = sender_of(message)
    bounce = bounce_in(message)
    kind: Kind = "bounce" if bounce else "automatic" if is_automatic(message) else "letter"
    ids = ids_of(message, "Message-ID")
    contents = _Contents()
    if kind != "bounce":
        contents.collect(message)
    text = contents.words
    return Mail(
        kind=kind,
        digest=_digest(raw, ids[0], sender) if ids else _digest(raw),
        size=len(raw),
        sender=sender,
        sender_name=name,
        recipients=addresses_of(
            message, "To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To"
        ),
        subject=text_of(message, "Subject"),
        message_id=ids[0] if ids else "",
        references=tuple(reversed(ids_of(message, "References", "In-Reply-To"))),
        sent_at=date_of(message),
        text=text[:TEXT_LIMIT],
        is_cut=len(text) > TEXT_LIMIT,
        files=tuple(contents.files),
        left_out=tuple(contents.left_out),
        is_own=is_own(message),
        bounce=bounce,
        results=tuple(raw_values(message, "Authentication-Results")),
    )


class _Contents:
    """Texts and files, gathered part by part."""

    def __init__(self) -> None:
        self.files: list[MailFile] = []
        self.left_out: list[str] = []
        self._texts: list[str] = []
        self._bytes = 0
        self._parts = 0

    @property
    def words(self) -> str:
        """What was written anew."""
        whole = clean("\n".join(self._texts), TEXT_LIMIT * 5)
        return new_words(whole)

    def collect(self, part: Message, *, is_related: bool = False) -> None:
        """Go through a part and those inside it."""
        self._parts += 1
        if self._parts > PARTS:
            return
        kind = part.get_content_type()
        inner = parts_of(part)
        if kind == "multipart/alternative" and inner:
            self._choose(inner)
        elif inner and kind != "message/rfc822":
            for each in inner:
                self.collect(each, is_related=is_related or kind == "multipart/related")
        elif kind not in _IGNORED:
            self._take(part, kind, is_related)

    def _choose(self, parts: list[Message]) -> None:
        """The plain text of several forms, where there is any in it; files of all of them."""
        before = len(self._texts)
        for part in sorted(parts, key=lambda each: each.get_content_type() != "text/plain"):
            kind = part.get_content_type()
            has_text = any(text.strip() for text in self._texts[before:])
            if kind in ("text/plain", "text/html") and has_text:
                continue
            taken = len(self._texts)
            self.collect(part)
            if has_text:
                del self._texts[taken:]

    def _take(self, part: Message, kind: str, is_related: bool) -> None:
        name = _file_name(part)
        is_attached = part.get_content_disposition() == "attachment" or bool(name)
        if kind in ("text/plain", "text/html") and not is_attached:
            text = _decoded(part)
            self._texts.append(html_to_text(text) if kind == "text/html" else text)
            return
        data = _content(part)
        if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
            self._unpack(data)
        elif not (is_related and kind.startswith("image/") and len(data) <= ORNAMENT):
            self._add(name or _default_name(kind), kind, data)

    def _unpack(self, data: bytes) -> None:
        found = unpack(data) if len(data) <= FILES_LIMIT else None
        if found is None or not (found.text or found.html or found.files):
            self._add("winmail.dat", "application/ms-tnef", data)
            return
        if not any(text.strip() for text in self._texts):
            self._texts.append(found.text or html_to_text(found.html))
        for name, content in found.files:
            self._add(clean_line(name, 100) or "file", "application/octet-stream", content)

    def _add(self, name: str, kind: str, data: bytes) -> None:
        if not data:
            return
        if len(self.files) >= FILES or self._bytes + len(data) > FILES_LIMIT:
            self.left_out.append(name)
            return
        self._bytes += len(data)
        self.files.append(MailFile(name=name, media_type=kind, data=data))


def _is_nested_too_deeply(raw: bytes) -> bool:
    """Each level of parts costs the tree's parser a comparison for every line below it."""
    return (
        len(re.findall(rb"(?i)\bboundary\s*=|message/(?:rfc822|global|partial|external)", raw))
        > NESTING
    )


def _digest(raw: bytes, *parts: str) -> str:
    """The same for copies that came by different ways: those differ in the headers alone."""
    body = raw
    if parts:
        ends = [at for at in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if at >= 0]
        body = raw[min(ends) :] if ends else b""
    key = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(
        body.strip(), key=hashlib.sha256(key).digest(), digest_size=16
    ).hexdigest()


def _content(part: Message) -> bytes:
    if part.get_content_type() == "message/rfc822" or part.is_multipart():
        return part.as_bytes()
    try:
        data = part.get_payload(decode=True)
    except Exception:  # Encodings that say more than they hold.
        return b""
    return data if isinstance(data, bytes) else b""


def _decoded(part: Message) -> str:
    data = _content(part)[: TEXT_LIMIT * 40]
    charset = str(part.get_content_charset() or "utf-8").strip("'\"")
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name not in _WITHOUT_TEXT:
                return data.decode(name)
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # Parameters in pieces that do not fit (RFC 2231).
        return "file"
    if "=?" in name:
        holder = Message()
        holder["Subject"] = name[:1000].replace("\n", " ").replace("\r", " ")
        name = text_of(holder, "Subject")
    # No folders, whichever system they are of; and no sign that shows the name backwards.
    return clean_line(PurePath(name.replace("\\", "/")).name, 100)


def _default_name(kind: str) -> str:
    return _NAMES.get(kind, "file")
