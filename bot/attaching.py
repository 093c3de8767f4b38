"""What a picture or document of an announcement must be, before it is kept or sent."""

from __future__ import annotations

import io
import mimetypes
import warnings
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import Final

from bot.chat.cleaning import clean_line

MEGABYTE: Final = 1024 * 1024
LIMITS: Final[Mapping[str, int]] = {"telegram": 50 * MEGABYTE, "discord": 10 * MEGABYTE}
"""Bytes of a file that a platform takes from a bot: core.telegram.org/bots/api#sending-files and
https://docs.discord.com/developers/reference#uploading-files, without a boosted server."""
FETCHABLE: Final[Mapping[str, int]] = {"telegram": 20 * MEGABYTE, "discord": 25 * MEGABYTE}
"""Bytes of a file that a bot can fetch (core.telegram.org/bots/api#getfile)."""
LARGEST: Final = max(LIMITS.values())
MOST: Final = 10
"""Files of one announcement: Discord takes ten with a message, Telegram ten in an album."""

PICTURES: Final[Mapping[str, str]] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
"""Formats that are shown in the chat, by Pillow's names; all else is a document."""
_PIXELS: Final = 10_000
"""Width and height together of a photo on Telegram (Bot API, sendPhoto)."""
_RATIO: Final = 20
_PROGRAMS: Final = frozenset(
    {".exe", ".bat", ".cmd", ".com", ".scr", ".msi", ".js", ".vbs", ".ps1", ".jar", ".apk", ".lnk"}
)
DOCUMENT: Final = "application/octet-stream"


def file_name(name: str | None, media_type: str | None) -> str:
    """A name to show; made up from the kind of file where it has none."""
    cleaned = clean_line((name or "").replace("/", "_").replace("\\", "_"), 100).strip(".")
    if cleaned:
        return cleaned
    is_picture = (media_type or "").startswith("image/")
    ending = mimetypes.guess_extension(media_type or "") or (".jpg" if is_picture else "")
    return ("picture" if is_picture else "file") + ending


def is_program(name: str) -> bool:
    """Whether it would run on the reader's machine, which nobody should be sent."""
    return PurePath(name).suffix.casefold() in _PROGRAMS


def refusing(size: int, platforms: Collection[str]) -> str | None:
    """The platform that takes no file of so many bytes, the strictest first; None if all do."""
    strict = sorted((LIMITS[name], name) for name in platforms if name in LIMITS)
    return next((name for limit, name in strict if size > limit), None)


def media_type_of(name: str, data: bytes) -> str:
    """What it is by its bytes, if it is a picture that every platform shows; else by its name."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data)) as picture:
                picture.verify()
                width, height = picture.size
                known = PICTURES.get(picture.format or "")
    except Exception:
        # Pillow raises whatever a broken file makes its readers stumble over.
        known = None
    if known is not None:
        is_shown = width + height <= _PIXELS and max(width, height) <= _RATIO * min(width, height)
        return known if is_shown else DOCUMENT
    guessed = mimetypes.guess_type(name)[0] or DOCUMENT
    return DOCUMENT if guessed in PICTURES.values() else guessed


def megabytes(size: int) -> str:
    """``1.4``"""
    return f"{max(size / MEGABYTE, 0.1):.1f}"
