"""Rows of buttons and selects as a Discord view.

Limits: https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import discord

from bot.adapters.discord.buttons import ActionButton, ActionSelect
from bot.adapters.discord.markdown import tidy
from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.markup import utf16_length
from bot.chat.messages import Button, LinkButton, Row, Select

ROWS: Final = 5
BUTTONS_A_ROW: Final = 5
LABEL_LIMIT: Final = 80
CHOICES: Final = 25
CHOICE_LIMIT: Final = 100
PLACEHOLDER_LIMIT: Final = 150
URL_LIMIT: Final = 512

_URL: Final = re.compile(r"https?://[^\s/?#]+\S*")
_STYLES: Final = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}


def build_view(rows: Iterable[Row]) -> discord.ui.View | None:
    """The components of a message, or None without any; raises ``ChatError`` above the limits.

    A row with too many buttons goes on in the next one; a select has a row of its own. Where
    there are too many rows, neighbours move together.
    """
    laid_out = _lay_out(rows)
    if not laid_out:
        return None
    if len(laid_out) > ROWS:
        laid_out = _closer(laid_out)
    if len(laid_out) > ROWS:
        raise ChatError(f"more than {ROWS} rows of components")
    seen: set[str] = set()
    return finished_view(
        _item(part, number, seen) for number, row in enumerate(laid_out) for part in row
    )


def finished_view(items: Iterable[discord.ui.Item[Any]]) -> discord.ui.View:
    """A view that discord.py does not keep: presses are told by their ids alone."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def label(text: str, limit: int = LABEL_LIMIT) -> str:
    """One line of at most ``limit`` characters; never empty, which Discord refuses."""
    line = " ".join(tidy(text).split()).strip("\u200b\u200d\u2060\ufeff") or "…"
    if utf16_length(line) <= limit:
        return line
    while utf16_length(line) > limit - 1:
        line = line[: limit - 1] if len(line) > limit - 1 else line[:-1]
    return line + "…"


def _lay_out(rows: Iterable[Row]) -> list[list[Button | LinkButton | Select]]:
    laid_out: list[list[Button | LinkButton | Select]] = []
    for row in rows:
        current: list[Button | LinkButton | Select] = []
        for part in row:
            if isinstance(part, Select):
                if current:
                    laid_out.append(current)
                laid_out.append([part])
                current = []
                continue
            if len(current) == BUTTONS_A_ROW:
                laid_out.append(current)
                current = []
            current.append(part)
        if current:
            laid_out.append(current)
    return laid_out


def _closer(
    rows: list[list[Button | LinkButton | Select]],
) -> list[list[Button | LinkButton | Select]]:
    """Buttons one after the other, five a row; the order stays."""
    packed: list[list[Button | LinkButton | Select]] = []
    for row in rows:
        for part in row:
            last = packed[-1] if packed else []
            is_open = 0 < len(last) < BUTTONS_A_ROW and not isinstance(last[-1], Select)
            if is_open and not isinstance(part, Select):
                last.append(part)
            else:
                packed.append([part])
    return packed


def _item(part: Button | LinkButton | Select, row: int, seen: set[str]) -> discord.ui.Item[Any]:
    match part:
        case LinkButton():
            if not _URL.fullmatch(part.url) or len(part.url) > URL_LIMIT:
                raise ChatError("a link button whose address is not one")
            return discord.ui.Button(label=label(part.label), url=tidy(part.url), row=row)
        case Button():
            style = _STYLES[part.style]
            key = _unused(part.action, seen)
            return ActionButton.of(label(part.label), style=style, key=key, row=row)
        case Select():
            return ActionSelect.of(
                label(part.placeholder, PLACEHOLDER_LIMIT),
                options=options(part),
                key=_unused(part.action, seen),
                row=row,
            )


def options(select: Select) -> list[discord.SelectOption]:
    """The lines of a select; raises ``ChatError`` on none, too many, or the same value twice."""
    if not 1 <= len(select.choices) <= CHOICES:
        raise ChatError(f"a select needs 1 to {CHOICES} choices")
    values = [choice.value for choice in select.choices]
    if len(set(values)) < len(values) or not all(1 <= len(v) <= CHOICE_LIMIT for v in values):
        raise ChatError("values of choices must be unique and of 1 to 100 characters")
    return [
        discord.SelectOption(
            label=label(choice.label, CHOICE_LIMIT),
            value=choice.value,
            description=label(choice.description, CHOICE_LIMIT) if choice.description else None,
        )
        for choice in select.choices
    ]


def _unused(action: Action, seen: set[str]) -> str:
    """The id of a component, told apart where two of a message do the same."""
    packed = tidy(action.pack())
    key, number = f":{packed}", 1
    while key in seen:
        number += 1
        key = f"{number}:{packed}"
    seen.add(key)
    return key
