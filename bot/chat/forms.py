"""A form: a few questions that belong together.

Discord shows it as a modal; the terminal and Telegram ask one question at a time
(``bot.forms``), keeping the answers in the store, so that a restart loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.chat.messages import Choice

if TYPE_CHECKING:
    from bot.chat.turn import Translate

SEPARATOR: Final = ","
"""Between the values of a field of kind ``choices``."""

WHOLE_FORM_PLATFORMS: Final = frozenset({"discord"})
"""Platforms that show a form at once, and personal replies to one person only."""

WHOLE_FORM_FIELDS: Final = 5
"""Fields that fit one modal; a longer form costs further interactions (Discord)."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An answer that is right, in the form in which it is kept."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An answer that is not: what to tell the person, and what they may have meant."""

    fault: str
    choices: tuple[Choice, ...] = ()


Check = Callable[[str, "Translate"], Accepted | Doubt]
"""Looks at one answer as soon as it is given. What it accepts it must accept again."""
