"""What a button carries: a name and a few short arguments, in at most 64 bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from bot.chat.errors import ActionTooLong, ChatError

MAX_BYTES: Final = 64
"""Telegram's limit for ``callback_data`` (Bot API, InlineKeyboardButton); Discord allows 100."""

NUMBER_LIMIT: Final = 18
"""Digits of a row's number; 19 may be more than a database takes."""

_SEPARATOR: Final = ":"
_ESCAPES: Final = {"%": "%25", _SEPARATOR: "%3A"}


@dataclass(frozen=True, slots=True)
class Action:
    """``Action("feedback", "up", "lead-in-soil")`` packs to ``feedback:up:lead-in-soil``."""

    name: str
    args: tuple[str, ...]

    def __init__(self, name: str, *args: str) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "args", args)

    def pack(self) -> str:
        """The text that a platform stores in the button; raises ``ActionTooLong``."""
        packed = _SEPARATOR.join(_escape(part) for part in (self.name, *self.args))
        if len(packed.encode("utf-8", "surrogatepass")) > MAX_BYTES:
            raise ActionTooLong(f"action {self.name!r} packs to more than {MAX_BYTES} bytes")
        return packed

    @classmethod
    def unpack(cls, packed: str) -> Self:
        """The action of a button, whoever made it; raises ``ChatError`` on an empty name."""
        name, *args = (_unescape(part) for part in packed.split(_SEPARATOR))
        if not name:
            raise ChatError("a button without an action")
        return cls(name, *args)


def _escape(part: str) -> str:
    for plain, escaped in _ESCAPES.items():
        part = part.replace(plain, escaped)
    return part


def _unescape(part: str) -> str:
    for plain, escaped in reversed(_ESCAPES.items()):
        part = part.replace(escaped, plain)
    return part


def is_number(text: str) -> bool:
    """Whether it is the number of a row: digits, and no more than the tables can hold."""
    return text.isdecimal() and len(text) <= NUMBER_LIMIT
