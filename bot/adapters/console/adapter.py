"""A conversation in the terminal, with the same handlers as every other platform."""

from __future__ import annotations

import asyncio
import itertools
import os
from typing import Any, Final, TextIO

from rich.console import Console

from bot.adapters.console.reading import LineReader
from bot.adapters.console.render import Pressable, pressables, show
from bot.chat.actions import Action
from bot.chat.cleaning import clean
from bot.chat.events import (
    ActionPressed,
    Author,
    CommandInvoked,
    ConversationRef,
    Event,
    MessageReceived,
    Platform,
)
from bot.chat.messages import Delete, Edit, InlineResults, Message, Notice, SentMessage
from bot.chat.ports import Capabilities, Clock
from bot.chat.turn import Dispatch, Reply

ASSISTANT = "INSOP assistant"
FORM: Final = "form"
"""The action of the buttons under a form's question (``bot.form_questions``)."""
NO_BUTTON: Final = Action("no-button")
"""Stands for a number that no button has; the core says what it says of any unknown button."""


class ConsoleAdapter:
    """One person at one terminal; ``name`` is who they are, in this database too.

    Messages that arrive by themselves (what was handed over, for the secretariat) are printed
    between the lines; their buttons are pressed by number like any other.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        name: str,
        locale: str | None,
        stdin: TextIO,
        stdout: TextIO,
        greeting: str = "",
        is_silent_start: bool = False,
    ) -> None:
        self._clock = clock
        self._author = Author(platform="console", id=name, name=name, locale=locale)
        self._where = ConversationRef(platform="console", chat_id=name)
        self._console = Console(file=stdout, soft_wrap=False, highlight=False)
        self._reader = LineReader(stdin, on_prompt=self._prompt)
        self._stdout = stdout
        self._greeting = greeting
        self._is_silent_start = is_silent_start
        self._buttons: list[Pressable] = []
        self._ids = (f"{os.getpid()}-{clock.now():%H%M%S%f}-{n}" for n in itertools.count(1))
        self._sent = itertools.count(1)

    @property
    def platform(self) -> Platform:
        """``console``."""
        return "console"

    @property
    def capabilities(self) -> Capabilities:
        """A terminal takes long texts and no forms."""
        return Capabilities(
            has_forms=False,
            has_ephemeral=True,
            can_edit=False,
            can_delete=False,
            text_limit=1_000_000,
            attachment_limit=0,
        )

    @property
    def where(self) -> ConversationRef:
        """The terminal's own conversation."""
        return self._where

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Talk until the input ends, ``/quit``, or ``stop``."""
        if not self._is_silent_start:
            self._say(await dispatch(self._command("start", "")))
        if self._greeting:
            self._console.print(self._greeting, style="dim", markup=False)
        while not stop.is_set():
            line = await self._reader.next(stop)
            if line is None or line.strip() in ("/quit", "/exit"):
                return
            event = self._event(line)
            if event is not None:
                self._say(await dispatch(event))

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Print a message that came by itself."""
        self._show(message)
        self._prompt()
        return SentMessage(message_id=str(next(self._sent)))

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Print the new version: a terminal cannot take words back."""
        self._show(message)

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """A terminal cannot take words back: print what is said instead."""
        if instead is not None:
            self._show(instead)

    def _event(self, line: str) -> Event | None:
        text = clean(line)
        action = self._pressed(text)
        if action is not None:
            return ActionPressed(action=action, **self._common())
        if text.startswith("/") and len(text) > 1:
            name, _, rest = text[1:].partition(" ")
            return self._command(name.lower(), rest.strip())
        if not text:
            return None
        return MessageReceived(text=text, message_id=str(next(self._sent)), **self._common())

    def _pressed(self, text: str) -> Action | None:
        digits = text.removeprefix("[").removesuffix("]")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 4 and self._buttons):
            return None
        number = int(digits)
        if 1 <= number <= len(self._buttons):
            return self._buttons[number - 1].action
        # A number may be the answer to a form; elsewhere it is a slip and no question.
        is_form = any(each.action.name == FORM for each in self._buttons)
        return None if is_form else NO_BUTTON

    def _command(self, name: str, text: str) -> CommandInvoked:
        return CommandInvoked(name=name, text=text, **self._common())

    def _common(self) -> dict[str, Any]:
        return {
            "id": next(self._ids),
            "conversation": self._where,
            "author": self._author,
            "at": self._clock.now(),
        }

    def _say(self, reply: Reply) -> None:
        for part in reply if isinstance(reply, tuple) else (reply,):
            match part:
                case Message():
                    self._show(part)
                case Edit(message=message):
                    self._show(message)
                case Notice(text=text):
                    self._console.print(f"· {text}", style="yellow", markup=False)
                case Delete() | InlineResults() | None:
                    continue

    def _show(self, message: Message) -> None:
        found = pressables(message)
        if found:
            self._buttons = found
        show(self._console, message, ASSISTANT)

    def _prompt(self) -> None:
        if self._console.is_terminal:
            self._stdout.write("> ")
        self._stdout.flush()
