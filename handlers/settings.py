"""What a person may set about themselves: the language, and the way to their time zone."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.messages import Button, Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.marking import N_
from bot.store import Store
from handlers.descriptions import Translators, in_all
from handlers.menu import menu

LANGUAGE_NAMES: Final = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "ru": "Русский",
    "zh": "中文",
}
"""Each in its own language, as people look for them."""

AUTOMATIC: Final = "auto"


class PersonalSettings:
    """``/language``."""

    def __init__(self, translators: Translators) -> None:
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        describe = self._translators
        routes.add_command(
            CommandSpec(name="language", descriptions=in_all(describe, N_("Choose your language"))),
            self.language,
        )
        routes.add_action("language", self.choose)

    async def language(self, turn: Turn) -> Reply:
        """The choice of languages; ``/language fr`` chooses at once."""
        if isinstance(turn.event, CommandInvoked) and turn.event.text:
            wanted = turn.event.text.strip().casefold()
            for code, name in LANGUAGE_NAMES.items():
                if wanted in (code, name.casefold()):
                    return await self._set(turn, code)
        _ = turn._
        buttons = [
            Button(label=name, action=Action("language", code))
            for code, name in LANGUAGE_NAMES.items()
        ]
        rows = [tuple(buttons[start : start + 3]) for start in range(0, len(buttons), 3)]
        automatic = Button(label=_("As I write to you"), action=Action("language", AUTOMATIC))
        clock = Button(label=_("My time zone"), action=Action("zone", "ask"))
        return Message(
            text=_("In which language shall I answer?"),
            rows=(*rows, (automatic, clock)),
            is_ephemeral=True,
        )

    async def choose(self, turn: Turn) -> Reply:
        """A language was pressed."""
        assert isinstance(turn.event, ActionPressed)
        code = turn.event.action.args[0] if turn.event.action.args else ""
        if code != AUTOMATIC and code not in LANGUAGE_NAMES:
            return await self.language(turn)
        return await self._set(turn, code)

    async def _set(self, turn: Turn, code: str) -> Reply:
        store: Store = turn.store
        if code == AUTOMATIC:
            await store.people.set_language(turn.member.id, None)
            return Message(
                text=turn._("Good. I answer in the language of your question where I can."),
                is_ephemeral=True,
            )
        await store.people.set_language(turn.member.id, code)
        if turn.event.conversation.is_private:
            await store.subscriptions.set_language(turn.event.conversation, code, turn.clock.now())
        _ = self._translators(code)
        return Message(
            text=_("Good. From now on I answer in {language}.", language=LANGUAGE_NAMES[code]),
            rows=menu(_, without="language"),
            is_ephemeral=True,
        )
