"""Everything that reads what strangers write, each under one name, and examples to begin from.

A reader may refuse by the exceptions it declares; anything else that leaves it is a fault.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bot.adapters.discord.replaying import from_raw
from bot.adapters.email.reading import read_mail
from bot.adapters.telegram.inbound import Inbound
from bot.adapters.telegram.incoming import BotIdentity
from bot.adapters.telegram.render import render
from bot.calendar.ics_lines import NotACalendar
from bot.calendar.ics_reading import read_calendar
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.events import ConversationRef
from bot.chat.markup import escape, parse, plain, split, utf16_length
from bot.chat.messages import Message
from bot.chat.wire import message_from_json
from bot.web.links import BadLink, Links
from knowledge import front_matter
from tests.clock import ManualClock

CHAT: Final = ConversationRef(platform="telegram", chat_id="1")
_CLOCK: Final = ManualClock()
_INBOUND: Final = Inbound(BotIdentity(id=1, username="insop_bot"), ["ask"], _CLOCK)
_LINKS: Final = Links(bytes(32), public_url=None, clock=_CLOCK)


def telegram(data: bytes) -> None:
    """One update of the webhook."""
    with contextlib.suppress(ValueError, RecursionError):
        raw = json.loads(data)
        if isinstance(raw, dict):
            _INBOUND.read(raw)


def discord(data: bytes) -> None:
    """A message that was kept in the inbox."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        from_raw(data.decode("utf-8", "replace"))


def button(data: bytes) -> None:
    """What a button carries."""
    with contextlib.suppress(ChatError):
        action = Action.unpack(data.decode("utf-8", "replace"))
        assert len(action.pack().encode()) <= 64


def markup(data: bytes) -> None:
    """A text as it is stored, on its way to a screen."""
    text = data.decode("utf-8", "replace")
    plain(text)
    styled = parse(text)
    assert "".join(part.text for part in split(styled, 4096, utf16_length)) or not styled.text
    with contextlib.suppress(ChatError):
        for call in render(CHAT, Message(text=text)):
            assert utf16_length(str(call.parameters.get("text", ""))) <= 4096


def words(data: bytes) -> None:
    """What a person wrote, shown to others: it must come out as it went in."""
    text = " ".join(data.decode("utf-8", "ignore").split())
    assert plain(escape(text)) == text


def mail(data: bytes) -> None:
    """A mail from anybody."""
    read_mail(data)


def calendar(data: bytes) -> None:
    """Somebody's .ics file."""
    with contextlib.suppress(NotACalendar):
        read_calendar(data, default_zone="Europe/Rome")


def article(data: bytes) -> None:
    """An article with its front matter."""
    with contextlib.suppress(front_matter.BrokenFile):
        front_matter.parse(data.decode("utf-8", "replace"), Path("en/x.md"), "en")


def stored(data: bytes) -> None:
    """A message of the outbox."""
    with contextlib.suppress(ValueError, KeyError, TypeError, ChatError, RecursionError):
        message_from_json(data.decode("utf-8", "replace"))


def link(data: bytes) -> None:
    """The token of a link."""
    with contextlib.suppress(BadLink):
        _LINKS.subject("stop", data.decode("latin-1"))
        raise AssertionError("a guessed token was taken")


READERS: Final[Mapping[str, Callable[[bytes], None]]] = {
    reader.__name__: reader
    for reader in (
        telegram, discord, button, markup, words, mail, calendar, article, stored, link,
    )
}  # fmt: skip

_UPDATE: Final = {
    "update_id": 7,
    "message": {
        "message_id": 3,
        "date": 1_772_000_000,
        "chat": {"id": 5, "type": "private", "first_name": "Ana"},
        "from": {"id": 5, "is_bot": False, "first_name": "Ana", "language_code": "es"},
        "text": "/ask ¿plomo?",
        "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
    },
}
_PRESS: Final = {
    "update_id": 8,
    "callback_query": {
        "id": "9",
        "from": {"id": 5, "is_bot": False, "first_name": "Ana"},
        "chat_instance": "1",
        "data": "show:lead",
        "message": {**_UPDATE["message"], "text": "x"},  # type: ignore[dict-item]  # a mapping
    },
}
EXAMPLES: Final[Mapping[str, list[bytes]]] = {
    "telegram": [json.dumps(_UPDATE).encode(), json.dumps(_PRESS).encode()],
    "button": [b"show:lead", b"go:help", b"vote:lead:1"],
    "markup": [b"**bold** *it* [text](https://example.org) `code`\n\n- a\n- b\n> quote ~~x~~"],
    "words": ["¿Qué? *x* _y_ [a](b) <b> @everyone \u200f".encode()],
    "mail": [
        b"From: a@example.org\r\nSubject: =?utf-8?q?x?=\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        b'hello\r\n--b\r\nContent-Type: application/zip; name="../../x.zip"\r\n\r\nPK\r\n--b--\r\n'
    ],
    "calendar": [
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@x\r\nSUMMARY:Meeting\r\n"
        b"DTSTART;TZID=Europe/Rome:20260501T100000\r\nDURATION:PT1H\r\n"
        b"RRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ],
    "article": [b'+++\nid = "x"\ntitle = "T"\nquestions = ["q"]\nshort = "s"\n+++\n\n## Body\n'],
    "stored": [b'{"text": "x", "rows": []}'],
    "link": [b"AAAAAGFiYw"],
}
