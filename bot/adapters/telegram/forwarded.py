"""Files that lie at Telegram already go out again by their handle, albums whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bot.adapters.telegram.api import Call
from bot.chat.messages import FileRef

_METHODS: Final = {
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "audio": "sendAudio",
    "video": "sendVideo",
}
_TOGETHER: Final = ({"photo", "video"}, {"document"}, {"audio"})
"""What Telegram puts into one album (Bot API, sendMediaGroup); voice notes go alone."""
_ALBUM: Final = 10


def forwarded(
    files: Sequence[FileRef], caption: dict[str, Any] | None = None, *, singly: bool = False
) -> list[Call]:
    """The calls that send ``files``; ``caption`` goes under the one file that there is.

    ``singly``: without albums, where buttons shall hang under the last file.
    """
    if len(files) == 1:
        return [_single(files[0], caption or {})]
    calls = []
    size = 1 if singly else _ALBUM
    for kinds in _TOGETHER:
        group = [file for file in files if file.kind in kinds]
        for start in range(0, len(group), size):
            album = group[start : start + size]
            calls.append(_album(album) if len(album) > 1 else _single(album[0], {}))
    calls += [_single(file, {}) for file in files if file.kind == "voice"]
    return calls


def _single(file: FileRef, caption: dict[str, Any]) -> Call:
    return Call(method=_METHODS[file.kind], parameters={file.kind: file.handle, **caption})


def _album(album: Sequence[FileRef]) -> Call:
    media = [{"type": file.kind, "media": file.handle} for file in album]
    return Call(method="sendMediaGroup", parameters={"media": media})
