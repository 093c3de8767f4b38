"""Methods about the bot itself: who it is, its menus and descriptions, files."""

from __future__ import annotations

import json
from typing import Any

from tests.telegram.loopback.messages import Files, Parameters
from tests.telegram.loopback.world import World, bad_request


class ProfileMethods:
    """Each public method is one of the Bot API, by its own name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def getMe(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        return self._world.bot

    def getChat(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        state = self._world.chats.get(int(given["chat_id"]))
        if state is None:
            raise bad_request("chat not found")
        return dict(state.chat)

    def getFile(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        handle = given["file_id"]
        if handle not in self._world.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        size = len(self._world.files[handle])
        return {
            "file_id": handle,
            "file_unique_id": handle,
            "file_size": size,
            "file_path": f"files/{handle}",
        }

    def setMyCommands(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        for command in given["commands"]:
            name, words = command["command"], command["description"]
            if not (1 <= len(name) <= 32 and name.replace("_", "a").isalnum() and name.islower()):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(words) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        scope = given.get("scope") or {}
        if scope.get("type") == "chat" and int(scope["chat_id"]) not in self._world.chats:
            raise bad_request("chat not found")
        self._world.settings[_key("commands", given)] = given["commands"]
        return True

    def getMyCommands(self, given: Parameters, files: Files) -> list[Any]:  # noqa: N802
        found: list[Any] = self._world.settings.get(_key("commands", given), [])
        return found

    def setMyDescription(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        return self._set("description", given, 512)

    def getMyDescription(self, given: Parameters, files: Files) -> dict[str, str]:  # noqa: N802
        return {"description": self._world.settings.get(_key("description", given), "")}

    def setMyShortDescription(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        return self._set("short_description", given, 120)

    def getMyShortDescription(  # noqa: N802
        self, given: Parameters, files: Files
    ) -> dict[str, str]:
        return {"short_description": self._world.settings.get(_key("short_description", given), "")}

    def _set(self, name: str, given: Parameters, limit: int) -> bool:
        if len(given.get(name, "")) > limit:
            raise bad_request(f"{name} is too long")
        self._world.settings[_key(name, given)] = given.get(name, "")
        return True


def _key(name: str, given: Parameters) -> str:
    scope = json.dumps(given.get("scope") or {"type": "default"}, sort_keys=True)
    return f"{name} {scope} {given.get('language_code', '')}"
