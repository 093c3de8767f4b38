"""What a Telegram message holds: words, a command, a mention, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from telegram import Message, MessageEntity

from bot.chat.cleaning import clean_line
from bot.chat.events import IncomingFile

_CONTENT: Final = (
    "text",
    "caption",
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
    "story",
    "checklist",
)
"""What a person sends, as against notes of the service (somebody joined, a pinned message)."""


class _Identity(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def username(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The words of a message. ``text`` is without the command and without the bot's name."""

    text: str
    command: str | None = None
    is_mention: bool = False
    is_for_other_bot: bool = False


def has_content(message: Message) -> bool:
    """Whether a person said or showed something, even if we cannot read it."""
    return any(getattr(message, name) for name in _CONTENT)


def text_of(message: Message) -> str:
    """Text, caption, or the emoji that a sticker stands for."""
    if message.text or message.caption:
        return message.text or message.caption or ""
    return (message.sticker.emoji or "") if message.sticker else ""


def written(message: Message, identity: _Identity) -> Written:
    """Command, mention and remaining text (core.telegram.org/bots/features#commands)."""
    text = text_of(message)
    found = message.entities or message.caption_entities or ()
    if not found:
        return Written(text=text)
    units = text.encode("utf-16-le", "surrogatepass")
    first = found[0]
    if first.type == MessageEntity.BOT_COMMAND and first.offset == 0:
        name, _, bot = _cut(units, first)[1:].partition("@")
        is_other = bool(bot) and bot.lower() != identity.username.lower()
        rest = _decode(units[first.length * 2 :])
        return Written(
            text=rest, command=name.lower(), is_mention=bool(bot), is_for_other_bot=is_other
        )
    mentions = [entity for entity in found if _is_mention(units, entity, identity)]
    for entity in reversed(mentions):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        units = units[:start] + units[end:]
    if not mentions:
        return Written(text=text)
    return Written(text=_decode(units).strip().removeprefix(",").strip(), is_mention=True)


def _is_mention(units: bytes, entity: MessageEntity, identity: _Identity) -> bool:
    if entity.type == MessageEntity.TEXT_MENTION:
        return entity.user is not None and entity.user.id == identity.id
    name = f"@{identity.username}".lower()
    return entity.type == MessageEntity.MENTION and _cut(units, entity).lower() == name


def _cut(units: bytes, entity: MessageEntity) -> str:
    return _decode(units[entity.offset * 2 : (entity.offset + entity.length) * 2])


def _decode(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")


def incoming_files(message: Message) -> tuple[IncomingFile, ...]:
    """The files of a message; of a photo, the largest size."""
    if message.photo:
        largest = message.photo[-1]
        photo = IncomingFile(kind="photo", handle=largest.file_id, size=largest.file_size)
        return (photo,)
    if message.voice:
        voice = message.voice
        heard = IncomingFile(
            kind="voice", handle=voice.file_id, media_type=voice.mime_type, size=voice.file_size
        )
        return (heard,)
    if message.video_note:
        note = message.video_note
        return (IncomingFile(kind="video", handle=note.file_id, size=note.file_size),)
    named = message.video or message.animation or message.audio or message.document
    if named is None:
        return ()
    is_moving = message.video is not None or message.animation is not None
    file = IncomingFile(
        kind="video" if is_moving else "audio" if message.audio else "document",
        handle=named.file_id,
        name=clean_line(named.file_name) if named.file_name else None,
        media_type=named.mime_type,
        size=named.file_size,
    )
    return (file,)
