"""Two more addresses for benchmarks: updates in by the batch, times of sends out."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from aiohttp import web

from tests.telegram.loopback.world import World


class Control:
    """``/control/push`` and ``/control/stats``; times are the machine's monotonic seconds."""

    def __init__(
        self,
        world: World,
        sends: deque[tuple[int, int, float]],
        refusals: list[tuple[str, str]],
    ) -> None:
        self._world = world
        self._sends = sends
        self._refusals = refusals

    def register(self, application: web.Application) -> None:
        """Add the two addresses."""
        application.router.add_post("/control/push", self._push)
        application.router.add_get("/control/stats", self._stats)

    async def _push(self, request: web.Request) -> web.Response:
        """``{"messages": [{"user": 1, "text": "…"}]}`` or ``{"updates": [raw, …]}``.

        Answers ``{"pushed": [[update id, chat id, monotonic seconds], …]}``.
        """
        given = await request.json()
        pushed: list[list[Any]] = []
        for line in given.get("messages", ()):
            update = self._message_update(int(line["user"]), str(line["text"]))
            self._hand_over(update)
            pushed.append([update["update_id"], int(line["user"]), time.monotonic()])
        for update in given.get("updates", ()):
            self._hand_over(update)
            pushed.append([update["update_id"], None, time.monotonic()])
        await self._world.notify()
        return web.json_response({"pushed": pushed})

    async def _stats(self, request: web.Request) -> web.Response:
        """``{"sends": [[chat id, message id, monotonic seconds], …]}``, the newest 100,000.

        ``?after=N`` leaves out the first N of them; ``?texts=1`` adds each message's text.
        """
        after = int(request.query.get("after", "0"))
        sends = [list(send) for send in list(self._sends)[after:]]
        if "texts" in request.query:
            sends = [[*send, self._text(int(send[0]), int(send[1]))] for send in sends]
        return web.json_response(
            {
                "sends": sends,
                "waiting": len(self._world.waiting),
                "refusals": len(self._refusals),
                "now": time.monotonic(),
            }
        )

    def _hand_over(self, update: dict[str, Any]) -> None:
        if self._world.on_update is not None:
            self._world.on_update(update)
        else:
            self._world.waiting.append(update)

    def _text(self, chat_id: int, message_id: int) -> str:
        state = self._world.chats.get(chat_id)
        message = state.messages.get(message_id, {}) if state else {}
        return str(message.get("text", ""))

    def _message_update(self, user_id: int, text: str) -> dict[str, Any]:
        world = self._world
        if user_id not in world.users:
            name = f"U{user_id}"
            world.users[user_id] = {"id": user_id, "is_bot": False, "first_name": name}
            world.add_chat({"id": user_id, "type": "private", "first_name": name})
        world.last_update += 1
        message = world.add_message(world.chats[user_id], world.users[user_id], {"text": text})
        if text.startswith("/"):
            length = len(text.split()[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return {"update_id": world.last_update, "message": message}
