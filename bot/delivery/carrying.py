"""Files on their way from one platform to another.

A file lies at the platform where somebody sent it. To a chat on the same one it goes by its
handle; elsewhere it is fetched, and for who wishes to stay unnamed it loses what the camera wrote
into it. What cannot be passed on is said in one sentence, in place of the file; the words arrive.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import structlog

from bot.attaching import file_name
from bot.chat.errors import DeliveryError, FilesAway, RateLimited, Unreachable
from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import Attachment, FileRef, Message
from bot.chat.ports import Download
from bot.translating import translator

BY_HANDLE: Final[frozenset[Platform]] = frozenset({"telegram"})
"""Platforms that take a file again by its handle."""
_TYPES: Final = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "document": "application/octet-stream",
}

_log = structlog.get_logger(__name__)


class FileCarrier:
    """``limit`` is the bytes of a file that a platform takes; ``downloads`` may grow later."""

    def __init__(self, limit: int, downloads: Mapping[Platform, Download]) -> None:
        self._limit = limit
        self._downloads = downloads

    async def prepared(self, to: ConversationRef, message: Message) -> Message:
        """The message with the files turned into what the platform can send.

        Where a file may be had later, raises ``FilesAway``; ``RateLimited`` or ``Unreachable`` if
        it lies on the platform that it goes to.
        """
        kept: list[FileRef] = []
        fetched: list[Attachment] = []
        missing = 0
        for file in message.files:
            is_near = file.platform == to.platform and to.platform in BY_HANDLE
            # By its handle a file keeps its name and what is noted in it; a voice note has neither.
            if is_near and (file.kind == "voice" or not file.is_stripped):
                kept.append(file)
                continue
            attachment = await self._fetch(to, file)
            if attachment is None:
                missing += 1
            else:
                fetched.append(attachment)
        text = _excusing(message, missing) if missing else message.text
        attachments = (*message.attachments, *fetched)
        return replace(message, text=text, files=tuple(kept), attachments=attachments)

    async def _fetch(self, to: ConversationRef, file: FileRef) -> Attachment | None:
        download = self._downloads.get(file.platform)
        if download is None or (file.size or 0) > self._limit:
            return None
        where = ConversationRef(platform=file.platform, chat_id=to.chat_id)
        try:
            data = await download(where, file.handle)
        except (RateLimited, Unreachable) as error:
            # It was not sent yet, so all of it may be tried again.
            if file.platform == to.platform:
                raise
            raise FilesAway(error.retry_after if isinstance(error, RateLimited) else 0.0) from error
        except DeliveryError as error:
            _log.warning("file.not_carried", platform=file.platform, error=type(error).__name__)
            return None
        if file.is_stripped:
            data = await asyncio.to_thread(stripped, data)
        if not data or len(data) > self._limit:
            return None
        media_type = file.media_type or _TYPES[file.kind]
        name = "" if file.is_stripped else file.name
        return Attachment(name=file_name(name, media_type), media_type=media_type, data=data)


def stripped(data: bytes) -> bytes:
    """A picture without what the camera noted (EXIF, XMP, comments), turned upright.

    What is no picture stays as it is.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)) as picture:
            kind = picture.format or "JPEG"
            upright = ImageOps.exif_transpose(picture)
            bare = Image.new(upright.mode, upright.size)
            bare.paste(upright)
            if upright.mode == "P" and (palette := upright.getpalette()) is not None:
                bare.putpalette(palette)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return data
    written = io.BytesIO()
    bare.save(written, format=kind, **({"quality": 90} if kind == "JPEG" else {}))
    return written.getvalue()


def without_files(message: Message) -> Message:
    """Its words alone, and a sentence on the files."""
    return replace(message, text=_excusing(message, len(message.files)), files=())


def _excusing(message: Message, missing: int) -> str:
    sentence = translator(message.files[0].language).plural(
        "{count} file could not be passed on: it is too large here, or gone.",
        "{count} files could not be passed on: they are too large here, or gone.",
        missing,
    )
    return f"{message.text}\n\n*{sentence}*".strip()
