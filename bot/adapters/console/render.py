"""Messages as text for a terminal: Rich on a TTY, plain in a pipe.

Buttons are numbered; typing the number presses them. Links show their address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from bot.chat.actions import Action
from bot.chat.markup import Styled, parse, plain
from bot.chat.messages import Button, LinkButton, Message, Select

_STYLES: Final = {"bold": "bold", "italic": "italic", "code": "cyan", "time": "bold"}
WIDTH: Final = 88
"""Columns of a text that is easy to read; a narrower terminal narrows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressable:
    """What the number of a button stands for."""

    label: str
    action: Action


def pressables(message: Message) -> list[Pressable]:
    """The buttons of a message in the order of their numbers."""
    found = []
    for row in message.rows:
        for part in row:
            if isinstance(part, Button):
                found.append(Pressable(label=part.label, action=part.action))
            elif isinstance(part, Select):
                found += [
                    Pressable(
                        label=choice.label,
                        action=Action(part.action.name, *part.action.args, choice.value),
                    )
                    for choice in part.choices
                ]
    return found


def plain_lines(message: Message) -> str:
    """The whole message as plain text."""
    parts = [part for part in (message.title, plain(_shown(message.text)), message.footer) if part]
    text = "\n\n".join(parts)
    rows = "\n".join(_button_lines(message))
    return f"{text}\n\n{rows}" if rows else text


def panel(message: Message, name: str) -> RenderableType:
    """The message for a colour terminal."""
    parts: list[RenderableType] = [_rich(parse(_shown(message.text)))]
    if message.footer:
        parts.append(Text(f"\n{message.footer}", style="dim italic"))
    rows = _button_lines(message)
    if rows:
        parts.append(Text("\n" + "\n".join(rows), style="cyan"))
    title = message.title or name
    return Panel(
        Group(*parts), title=Text(title, style="bold green"), title_align="left", width=WIDTH
    )


def show(console: Console, message: Message, name: str) -> None:
    """Print a message as the terminal allows."""
    if console.is_terminal:
        console.print(panel(message, name))
    else:
        console.print(f"\n{plain_lines(message)}\n", markup=False, highlight=False, soft_wrap=True)


def _shown(text: str) -> str:
    return text.replace("\x1b", "")


def _button_lines(message: Message) -> list[str]:
    lines, number = [], 0
    for row in message.rows:
        cells = []
        for part in row:
            if isinstance(part, LinkButton):
                cells.append(f"{part.label}: {part.url}")
            elif isinstance(part, Button):
                number += 1
                cells.append(f"[{number}] {part.label}")
            else:
                for choice in part.choices:
                    number += 1
                    cells.append(f"[{number}] {choice.label}")
        lines.append("   ".join(cells))
    if message.attachments:
        lines += [f"({file.name}: {file.alt})" for file in message.attachments]
    return lines


def _rich(styled: Styled) -> Text:
    text = Text(styled.text)
    for span in styled.spans:
        if span.kind == "link":
            style = Style(underline=True, color="blue", link=span.url)
        else:
            style = Style.parse(_STYLES[span.kind])
        text.stylize(style, span.start, span.end)
    return text
