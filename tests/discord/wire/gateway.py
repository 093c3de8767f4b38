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
    """One session a shard. ``log`` is what the client sent: ``identify`` and ``resume``.

    ``shards`` is what Discord recommends; what is told goes to the shard of its server.
    """

    def __init__(self) -> None:
        self.url = ""
        self.shards = 1
        self.limits = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        self.guilds: list[dict[str, Any]] = []
        self.log: list[str] = []
        self.identified: dict[str, Any] = {}
        self.shard_log: list[tuple[str, int]] = []
        """``log`` with the number of each shard."""
        self.hung_up = 0
        self.told = 0
        self._sockets: dict[int, web.WebSocketResponse] = {}
        self._sessions: dict[int, str] = {}
        self._began = 0
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
        for shard in [each for each, kept in self._sockets.items() if kept is socket]:
            del self._sockets[shard]
        async with self._changed:
            self.hung_up += 1
            self._changed.notify_all()
        return socket

    @property
    def is_live(self) -> bool:
        """Whether a client listens: what is told to nobody is lost, on Discord too."""
        sockets = [self._sockets.get(shard) for shard in range(self.shards)]
        return all(socket is not None and not socket.closed for socket in sockets)

    async def connected(self, sessions: int = 1) -> None:
        """Return once the client has opened or resumed so many sessions."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.log) >= sessions)

    async def disconnected(self) -> None:
        """Return once the client has hung up."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: self.hung_up > 0)

    def shard_of(self, data: dict[str, Any]) -> int:
        """The shard that hears of it: that of its server, or 0 for a direct message."""
        return (int(data.get("guild_id") or 0) >> 22) % self.shards

    async def tell(self, event: str, data: dict[str, Any], *, shard: int | None = None) -> None:
        """Send an event, to one shard."""
        socket = self._sockets[self.shard_of(data) if shard is None else shard]
        self._sequence += 1
        self.told += 1
        await _send(socket, 0, data, event, self._sequence)

    async def ask_to_reconnect(self, shard: int = 0) -> None:
        """Op 7: come back and resume."""
        await _send(self._sockets[shard], 7, None)

    async def invalidate(self, shard: int = 0) -> None:
        """Op 9: the session is lost, identify again."""
        await _send(self._sockets[shard], 9, False)

    async def close(self, code: int, shard: int = 0) -> None:
        """Hang up with a code."""
        await self._sockets[shard].close(code=code)

    async def _identify(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        self.identified = data
        if data["token"] != TOKEN:
            await socket.close(code=4004)
            return
        shard, count = data["shard"]
        if not shard < count == self.shards:
            await socket.close(code=4010)
            return
        self._began += 1
        self._sockets[shard] = socket
        self._sessions[shard] = f"session-{self._began}"
        mine = [each for each in self.guilds if self.shard_of({"guild_id": each["id"]}) == shard]
        await self.tell(
            "READY",
            {
                "v": 10,
                "user": bot_user(),
                "guilds": [{"id": guild["id"], "unavailable": True} for guild in mine],
                "session_id": self._sessions[shard],
                "resume_gateway_url": self.url,
                "shard": [shard, count],
                "application": {"id": str(APPLICATION_ID), "flags": 0},
            },
            shard=shard,
        )
        await self._note("identify", shard)

    async def _resume(self, socket: web.WebSocketResponse, data: dict[str, Any]) -> None:
        known = [shard for shard, each in self._sessions.items() if each == data["session_id"]]
        if not known:
            await _send(socket, 9, False)
            return
        self._sockets[known[0]] = socket
        await self.tell("RESUMED", {}, shard=known[0])
        await self._note("resume", known[0])

    async def _note(self, what: str, shard: int) -> None:
        async with self._changed:
            self.log.append(what)
            self.shard_log.append((what, shard))
            self._changed.notify_all()


async def _send(
    socket: web.WebSocketResponse,
    op: int,
    data: Any,
    event: str | None = None,
    sequence: int | None = None,
) -> None:
    await socket.send_json({"op": op, "d": data, "t": event, "s": sequence})
