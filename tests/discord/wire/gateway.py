"""The gateway: HELLO, IDENTIFY, RESUME, heartbeats, events, and its ways of hanging up.

https://docs.discord.com/developers/events/gateway
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.wire.payloads import APPLICATION_ID, TOKEN, bot_user


class Gateway:
    """One session at a time. ``log`` is what the client sent: ``identify`` and ``resume``."""

    def __init__(self) -> None:
        self.url = ""
        self.guilds: list[dict[str, Any]] = []
        self.log: list[str] = []
        self.identified: dict[str, Any] = {}
        self.hung_up = 0
        self.told = 0
        self._socket: web.WebSocketResponse | None = None
        self._session = 0
        self._sequence = 0
        self._changed = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await _send(socket, 10, {"heartbeat_interval": 41250})
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                break
            packet = json.loads(frame.data)
            if packet["op"] == 1:
                await _send(socket, 11, None)
            elif packet["op"] == 2:
                await self._identify(socket, packet["d"])
            elif packet["op"] == 6:
                await self._resume(socket, packet["d"])
        if self._socket is socket:
            self._socket = None
        async with self._changed:
            self.hung_up += 1
            self._changed.notify_all()
        return socket

    @property
    def is_live(self) -> bool:
        """Whether a client listens: what is told to nobody is lost, on Discord too."""
        return self._socket is not None and not self._socket.closed

    async def connected(self, sessions: int = 1) -> None:
        """Return once the client has opened or resumed so many sessions."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.log) >= sessions)

    async def disconnected(self) -> None:
        """Return once the client has hung up."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.hung_up > 0)

    async def tell(self, event: str, data: dict[str, Any]) -> None:
        """Send an event."""
        assert self._socket is not None
        self._sequence += 1
        self.told += 1
        await _send(self._socket, 0, data, event, self._sequence)

    async def ask_to_reconnect(self) -> None:
        """Op 7: come back and resume."""
        assert self._socket is not None
        await _send(self._socket, 7, None)

    async def invalidate(self) -> None:
        """Op 9: the session is lost, identify again."""
        assert self._socket is not None
        await _send(self._socket, 9, False)

    async def close(self, code: int) -> None:
        """Hang up with a code."""
        assert self._socket is not None
        await self._socket.close(code=code)

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.identified = data
        if data["token"] != TOKEN:
            await socket.close(code=4004)
            return
        self._session += 1
        self._sequence = 0
        self._socket = socket
        await self.tell(
            "READY",
            {
                "v": 10,
                "user": bot_user(),
                "guilds": [{"id": guild["id"], "unavailable": True} for guild in self.guilds],
                "session_id": f"session-{self._session}",
                "resume_gateway_url": self.url,
                "application": {"id": str(APPLICATION_ID), "flags": 0},
            },
        )
        await self._note("identify")

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        if data["session_id"] != f"session-{self._session}":
            await _send(socket, 9, False)
            return
        self._socket = socket
        await self.tell("RESUMED", {})
        await self._note("resume")

    async def _note(self, what: str) -> None:
        async with self._changed:
            self.log.append(what)
            self._changed.notify_all()


async def _send(
    socket: web.WebSocketResponse,
    op: int,
    data: Any,
    event: str | None = None,
    sequence: int | None = None,
) -> None:
    await socket.send_json({"op": op, "d": data, "t": event, "s": sequence})
