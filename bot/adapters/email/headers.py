"""Headers of mail from anybody: read one at a time, cut to a length, and never raising.

The tree of a mail is made under the ``compat32`` policy, which leaves headers as they came; each
one that is needed is then read by the ``default`` policy's parser alone and under a guard: that
parser follows the standards, and raises or takes for ever on some of what people send.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.headerregistry import AddressHeader, DateHeader
from email.message import Message
from email.policy import default
from typing import Any, Final

from bot.adapters.email.tokens import same_address
from bot.chat.cleaning import clean_line

HEADER_LIMIT: Final = 4096
"""Characters of a header that are read."""
COUNT_LIMIT: Final = 40
"""Headers of one name that are read."""

_IDS: Final = re.compile(r"<([^<>\s]{1,250})>")
_ADDRESS: Final = re.compile(r"^[^\s<>@,;:\"()\[\]\\]{1,64}@[^\s<>@,;:\"()\[\]\\]{1,189}$")
_LAST_ADDRESS: Final = re.compile(r"<([^<>]{3,254})>\s*$")


def raw_values(message: Message, name: str) -> list[str]:
    """All headers of that name as they stand, each without its line breaks."""
    wanted = name.lower()
    found = []
    for key, value in message.raw_items():
        if key.lower() == wanted:
            found.append(_readable(value))
            if len(found) == COUNT_LIMIT:
                break
    return found


def raw_value(message: Message, name: str) -> str:
    """The first header of that name, or an empty string."""
    return (raw_values(message, name) or [""])[0]


def text_of(message: Message, name: str, limit: int = 300) -> str:
    """A header's words with encoded ones decoded (RFC 2047), in one clean line."""
    raw = raw_value(message, name)
    try:
        decoded = str(default.header_factory(name, raw))
    except Exception:  # The standard library's parser raises of many kinds.
        decoded = raw
    return clean_line(decoded, limit)


def sender_of(message: Message) -> tuple[str, str]:
    """Address and name of the one author; no address where there are several or none.

    A mail with two authors (RFC 5322, 3.6.2) could show people one and us the other.
    """
    raws = raw_values(message, "From")
    if len(raws) != 1:
        return "", ""
    found = _mailboxes("from", raws[0])
    return found[0] if len(found) == 1 else ("", "")


def addresses_of(message: Message, *names: str) -> tuple[str, ...]:
    """The addresses in these headers, in order, without repeats."""
    found = [
        address
        for name in names
        for raw in raw_values(message, name)
        for address, _ in _mailboxes("to", raw)
    ]
    return tuple(dict.fromkeys(found))


def ids_of(message: Message, *names: str) -> tuple[str, ...]:
    """Message ids in these headers (RFC 5322, 3.6.4), without their brackets."""
    found = [
        each for name in names for raw in raw_values(message, name) for each in _IDS.findall(raw)
    ]
    return tuple(dict.fromkeys(found))


def date_of(message: Message) -> datetime | None:
    """When it was sent as the sender says, in UTC."""
    try:
        header: Any = default.header_factory("date", raw_value(message, "Date")[:100])
        assert isinstance(header, DateHeader)
        moment = header.datetime
        if moment is None:
            return None
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except Exception:  # As above; and years that no calendar has.
        return None


def _mailboxes(kind: str, raw: str) -> list[tuple[str, str]]:
    try:
        header: Any = default.header_factory(kind, raw)
        assert isinstance(header, AddressHeader)
        pairs = [(str(each.addr_spec), str(each.display_name)) for each in header.addresses]
    except Exception:  # As above; what is clear is still read.
        match = _LAST_ADDRESS.search(raw) if raw.count("@") == 1 else None
        pairs = [(match[1], "")] if match else []
    return [
        (same_address(address), clean_line(name, 100))
        for address, name in pairs[:COUNT_LIMIT]
        if _ADDRESS.match(address)
    ]


def _readable(value: Any) -> str:
    """Bytes beyond ASCII as UTF-8 (RFC 6532), else as Latin-1; no line breaks."""
    text = str(value)[:HEADER_LIMIT]
    if not text.isascii():
        raw = text.encode("utf-8", "surrogateescape")
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    return " ".join(text.split())
