"""The commands as buttons, so that each is one press away from the others."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.messages import Button, Row
from bot.chat.turn import Translate

GO = "go"
"""The action that stands for a command: ``Action(GO, "help")``."""


def menu(translate: Translate, *, without: str = "") -> tuple[Row, ...]:
    """Rows of buttons for the commands, leaving out the one the person is at."""
    entries = {
        "ask": translate("Ask a question"),
        "help": translate("Help"),
        "contact": translate("Ask a person"),
        "events": translate("Events"),
        "join": translate("Join the network"),
        "about": translate("About the network"),
        "language": translate("Language"),
        "privacy": translate("Privacy"),
    }
    buttons = [
        Button(label=label, action=Action(GO, name))
        for name, label in entries.items()
        if name != without
    ]
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
