"""What the assistant says, told without a platform's words.

``Message.text`` is written in a small Markdown subset, see ``bot.chat.markup``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.chat.actions import Action
from bot.chat.events import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Pressing it brings ``action`` back. ``style`` is a wish that a platform may ignore."""

    label: str
    action: Action
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkButton:
    """Opens ``url`` (http or https) in the person's browser."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of a select."""

    label: str
    value: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A list to choose one from: a menu on Discord, buttons elsewhere.

    The chosen value comes back as the last argument of ``action``. More than 25 choices are
    paged by the handler, not by the renderer.
    """

    placeholder: str
    action: Action
    choices: tuple[Choice, ...]


Row = tuple[Button | LinkButton | Select, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to send. ``alt`` is read aloud to those who cannot see a picture."""

    name: str
    media_type: str
    data: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that lies at a platform, to be passed on from there.

    ``is_stripped``: what a camera wrote into a picture (place, time, device) must not go along.
    ``language`` is that of whoever gets it, for what is said where it cannot be passed on.
    """

    platform: Platform
    kind: Literal["photo", "document", "voice", "audio", "video"]
    handle: str
    name: str = ""
    media_type: str = ""
    size: int | None = None
    is_stripped: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing said. ``is_ephemeral``: for the asker's eyes, where the platform can.

    ``title`` and ``footer`` are set apart where the platform can (Discord's embed) and are a
    bold first line and a small last line elsewhere. ``direction`` is the text's base direction.
    """

    text: str
    rows: tuple[Row, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    files: tuple[FileRef, ...] = ()
    is_ephemeral: bool = False
    title: str = ""
    footer: str = ""
    direction: Literal["ltr", "rtl"] = "ltr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Changes the message whose button was pressed, or ``message_id`` in the conversation."""

    message: Message
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Deletes the message whose button was pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A few plain words to one person about their press: a toast where there is one."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineResult:
    """One result of an inline query: a line to choose, and what is then posted."""

    id: str
    title: str
    description: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineResults:
    """The answer to ``InlineQueried``; on Discord the titles become autocomplete choices."""

    results: tuple[InlineResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessage:
    """Where a message went: its id on the platform (the last one, if it had to be split)."""

    message_id: str
    parts: tuple[str, ...] = ()
