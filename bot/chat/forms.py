"""A form: a few questions that belong together.

Discord shows it as a modal; the terminal and Telegram ask one question at a time
(``bot.forms``), keeping the answers in the store, so that a restart loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.chat.messages import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. ``limit`` is the most characters that an answer may have."""

    name: str
    label: str
    kind: Literal["line", "text", "choice", "choices"] = "line"
    hint: str = ""
    is_required: bool = True
    limit: int = 1000
    choices: tuple[Choice, ...] = ()
    value: str = ""
    """What stands in the field at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """``id`` names the handler that takes it; ``title`` is at most 45 characters (Discord)."""

    id: str
    title: str
    fields: tuple[Field, ...]
    intro: str = ""
