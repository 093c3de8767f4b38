"""Personas: people of the tests who talk through the real dispatcher on a real database."""

from __future__ import annotations

import itertools
from typing import Any

from bot.app import App, build
from bot.chat.actions import Action
from bot.chat.events import (
    ActionPressed,
    Author,
    CommandInvoked,
    ConversationRef,
    Event,
    InlineQueried,
    MessageReceived,
    Platform,
)
from bot.chat.forms import Form
from bot.chat.markup import plain
from bot.chat.messages import Button, Delete, Edit, InlineResults, Message, Notice, Select
from bot.chat.turn import Reply, Role
from bot.config import Settings
from bot.store import Database
from knowledge.library import Library
from tests.clock import ManualClock


class Stage:
    """The assistant, and whoever a test lets speak to it."""

    def __init__(
        self,
        database: Database,
        clock: ManualClock,
        library: Library,
        settings: Settings | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.library = library
        self._settings = settings or Settings()
        self._roles: dict[str, Role] = {}
        self._ids = itertools.count(1)
        self.app: App = self._build()

    def restart(self, settings: Settings | None = None) -> None:
        """Build the assistant anew on the same database, as after a crash."""
        self._settings = settings or self._settings
        self.app = self._build()

    def persona(
        self,
        name: str,
        *,
        platform: Platform = "telegram",
        locale: str | None = None,
        role: Role = Role.ANYONE,
        chat_id: str | None = None,
    ) -> Persona:
        """Somebody with an account; ``chat_id`` puts them into a group."""
        identity = f"{platform}-{name}"
        if role:
            self._roles[f"{platform}:{identity}"] = role
            self.app = self._build()
        where = ConversationRef(
            platform=platform, chat_id=chat_id or identity, is_private=chat_id is None
        )
        author = Author(platform=platform, id=identity, name=name, locale=locale)
        return Persona(self, author, where)

    def next_id(self) -> str:
        return str(next(self._ids))

    def _build(self) -> App:
        return build(
            self._settings,
            self.database,
            self.library,
            clock=self.clock,
            extra_roles=self._roles,
        )


class Persona:
    """``says``, ``presses`` and ``sees``; ``last`` is what the assistant replied last."""

    def __init__(self, stage: Stage, author: Author, where: ConversationRef) -> None:
        self._stage = stage
        self.author = author
        self.where = where
        self.last: tuple[object, ...] = ()

    async def says(self, text: str) -> None:
        """Write a message, or a command when it begins with a slash."""
        if text.startswith("/"):
            name, _, rest = text[1:].partition(" ")
            await self.does(CommandInvoked(name=name, text=rest, **self.common()))
        else:
            await self.does(MessageReceived(text=text, message_id="1", **self.common()))

    async def presses(self, label: str) -> None:
        """Press the button whose label contains ``label``."""
        await self.presses_action(self.button(label).action)

    async def presses_action(self, action: Action) -> None:
        """Press a button by what it carries, even one that is no longer shown."""
        await self.does(ActionPressed(action=action, **self.common()))

    async def types(self, text: str) -> InlineResults:
        """Type after the assistant's name in any chat."""
        await self.does(InlineQueried(text=text, **self.common()))
        (reply,) = self.last
        assert isinstance(reply, InlineResults)
        return reply

    async def does(self, event: Event) -> None:
        """Any event."""
        reply: Reply = await self._stage.app.dispatch(event)
        self.last = reply if isinstance(reply, tuple) else () if reply is None else (reply,)

    def common(self) -> dict[str, Any]:
        """The fields that every event of this persona has."""
        return {
            "id": self._stage.next_id(),
            "conversation": self.where,
            "author": self.author,
            "at": self._stage.clock.now(),
        }

    @property
    def screen(self) -> str:
        """Everything in the last reply, as plain text."""
        return "\n".join(_text(part) for part in self.last)

    def sees(self, *texts: str) -> None:
        """The last reply holds each of ``texts``."""
        for text in texts:
            assert text in self.screen, f"{text!r} is not in:\n{self.screen}"

    def sees_not(self, text: str) -> None:
        """The last reply does not hold ``text``."""
        assert text not in self.screen, f"{text!r} is in:\n{self.screen}"

    def sees_nothing(self) -> None:
        """There was no reply."""
        assert self.last == (), self.screen

    def button(self, label: str) -> Button:
        """The first button whose label contains ``label``."""
        for button in self.buttons:
            if label in button.label:
                return button
        raise AssertionError(f"no button {label!r}; there are {[b.label for b in self.buttons]}")

    @property
    def buttons(self) -> list[Button]:
        """All buttons of the last reply; a select's choices count."""
        found: list[Button] = []
        for part in self.last:
            message = part.message if isinstance(part, Edit) else part
            if not isinstance(message, Message):
                continue
            for row in message.rows:
                for item in row:
                    if isinstance(item, Button):
                        found.append(item)
                    elif isinstance(item, Select):
                        found += [
                            Button(
                                label=choice.label,
                                action=Action(item.action.name, *item.action.args, choice.value),
                            )
                            for choice in item.choices
                        ]
        return found


def _text(part: object) -> str:
    match part:
        case Message():
            labels = [
                " ".join([item.placeholder, *(choice.label for choice in item.choices)])
                if isinstance(item, Select)
                else item.label
                for row in part.rows
                for item in row
            ]
            return "\n".join([part.title, plain(part.text), part.footer, *labels])
        case Edit(message=message):
            return _text(message)
        case Notice(text=text):
            return text
        case Delete():
            return "(deleted)"
        case Form():
            return "\n".join([part.title, part.intro, *(field.label for field in part.fields)])
        case InlineResults(results=results):
            return "\n".join(f"{each.title}\n{each.description}" for each in results)
    raise AssertionError(f"a reply that the stage cannot show: {part!r}")
