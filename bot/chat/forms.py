"""A form: a few questions that belong together.

Discord shows it as a modal; the terminal and Telegram ask one question at a time
(``bot.forms``), keeping the answers in the store, so that a restart loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Literal

from bot.chat.events import IncomingFile
from bot.chat.messages import Choice

if TYPE_CHECKING:
    from bot.chat.turn import Translate

SEPARATOR: Final = ","
"""Between the values of a field of kind ``choices``."""

_FILES: Final = ".files"

WHOLE_FORM_PLATFORMS: Final = frozenset({"discord"})
"""Platforms that show a form at once, and personal replies to one person only."""

WHOLE_FORM_FIELDS: Final = 5
"""Fields that fit one modal; a longer form costs further interactions (Discord)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. ``limit`` is the most characters that an answer may have."""

    name: str
    label: str
    kind: Literal["line", "text", "choice", "choices", "file"] = "line"
    hint: str = ""
    is_required: bool = True
    limit: int = 1000
    choices: tuple[Choice, ...] = ()
    value: str = ""
    """What stands in the field at first."""
    is_markup: bool = False
    """The answer is ``bot.chat.markup``; the styles that somebody wrote or forwarded are kept."""
    has_files: bool = False
    """Files that come with the answer are kept, see ``files_of``. A field of kind ``file`` asks
    for one; its answer is the words beside it."""


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


def with_files(
    answers: Mapping[str, str], name: str, files: Sequence[IncomingFile]
) -> dict[str, str]:
    """The answers with the files that came with one of them."""
    kept = json.dumps([asdict(file) for file in files], ensure_ascii=False)
    return {**answers, name + _FILES: kept}


def files_of(answers: Mapping[str, str], name: str) -> tuple[IncomingFile, ...]:
    """The files that came with the answer to a field."""
    kept = answers.get(name + _FILES)
    return tuple(IncomingFile(**file) for file in json.loads(kept)) if kept else ()
