"""``/privacy``: what is kept, why, for how long, who sees it."""

from __future__ import annotations

from bot.chat.messages import Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.config_members import RetentionSettings
from bot.marking import N_
from handlers.descriptions import Translators, in_all
from handlers.menu import menu
from handlers.privacy_text import privacy_text


class Privacy:
    """Shows the text that members say yes to."""

    def __init__(self, retention: RetentionSettings, translators: Translators) -> None:
        self._retention = retention
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        descriptions = in_all(self._translators, N_("What I keep about you"))
        routes.add_command(CommandSpec(name="privacy", descriptions=descriptions), self.privacy)

    async def privacy(self, turn: Turn) -> Reply:
        """The whole text."""
        _ = turn._
        return Message(
            title=_("What I keep about you"),
            text=privacy_text(_, self._retention),
            rows=menu(_, without="privacy"),
            is_ephemeral=True,
        )
