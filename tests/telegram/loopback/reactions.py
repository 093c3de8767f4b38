"""The bot's reactions: one a message, of the emoji that Telegram lists."""

from __future__ import annotations

import json
from typing import Any, Final

from telegram.constants import ReactionEmoji

from tests.telegram.loopback.world import World, bad_request

Parameters = dict[str, Any]
Files = dict[str, tuple[str, bytes]]

ALLOWED: Final = frozenset(ReactionEmoji)


class ReactionMethods:
    """Each public method is one of the Bot API, by its own name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def setMessageReaction(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        state = self._world.writable(int(given["chat_id"]))
        number = int(given["message_id"])
        if number not in state.messages:
            raise bad_request("message to react not found")
        wanted = given.get("reaction") or []
        wanted = json.loads(wanted) if isinstance(wanted, str) else wanted
        if len(wanted) > 1 or any(each.get("emoji") not in ALLOWED for each in wanted):
            raise bad_request("REACTION_INVALID")
        self._world.reactions[state.chat["id"], number] = wanted[0]["emoji"] if wanted else ""
        return True
