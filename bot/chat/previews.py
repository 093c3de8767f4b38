"""How a message will look on a platform, told without the platform's words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bot.chat.events import Platform
from bot.chat.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """One message as readers get it.

    ``text`` is markup; ``length`` of ``limit`` is what the platform counts of it. ``buttons`` are
    labels by row, ``files`` the names of what is shown or hung on.
    """

    kind: Literal["text", "embed", "picture", "document", "album"]
    text: str
    length: int
    limit: int
    title: str = ""
    footer: str = ""
    buttons: tuple[tuple[str, ...], ...] = ()
    files: tuple[str, ...] = ()


Preview = Callable[[Platform, Message], tuple[Bubble, ...]]
"""What ``send`` would make of a message; raises ``ChatError`` where the platform cannot show it."""
