"""Files that Telegram has already: an announcement's picture goes up once, not once a reader.

Telegram names every file that a bot has sent, and takes the name in place of the bytes
(https://core.telegram.org/bots/api#sending-files).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from telegram import InputFile

from bot.adapters.telegram.api import Call

_KEPT: Final = 16
_LEAST: Final = 16 * 1024
"""Bytes below which a file is not worth remembering."""
_KINDS: Final = {"sendPhoto": "photo", "sendDocument": "document"}

_Key = tuple[str, str | None, bytes]


class Uploads:
    """The names of the files that were sent last, of one bot."""

    def __init__(self) -> None:
        self._names: OrderedDict[_Key, str] = OrderedDict()

    def known(self, call: Call) -> Call | None:
        """The same call with the file's name in place of its bytes; None where it is new."""
        key = _key(call)
        name = self._names.get(key) if key else None
        if name is None:
            return None
        return Call(method=call.method, parameters={**call.parameters, _KINDS[call.method]: name})

    def learn(self, call: Call, result: Any) -> None:
        """Remember the name that the file of this call was given."""
        key = _key(call)
        if key is None or not isinstance(result, dict):
            return
        stored = result.get(_KINDS[call.method])
        # A photo comes back in several sizes, the largest last.
        stored = stored[-1] if isinstance(stored, list) and stored else stored
        if isinstance(stored, dict) and "file_id" in stored:
            self._names[key] = str(stored["file_id"])
            while len(self._names) > _KEPT:
                self._names.popitem(last=False)

    def forget(self, call: Call) -> None:
        """Telegram does not know the file any more."""
        if key := _key(call):
            self._names.pop(key, None)


def _key(call: Call) -> _Key | None:
    file = call.parameters.get(_KINDS.get(call.method, ""))
    if not isinstance(file, InputFile) or not isinstance(file.input_file_content, bytes):
        return None
    content = file.input_file_content
    return None if len(content) < _LEAST else (call.method, file.filename, content)
