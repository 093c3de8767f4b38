"""Discord's REST API on the loopback: keeps messages, refuses what Discord refuses.

Every request is kept in ``requests`` for the check against the specification.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.discord.wire.gateway import Gateway
from tests.discord.wire.limits import fault_of
from tests.discord.wire.payloads import (
    APPLICATION_ID,
    BOT_ID,
    TOKEN,
    application,
    bot_user,
    dm_channel,
    message,
    snowflake,
    user,
)
from tests.discord.wire.threads import WireThreads

PREFIX = "/api/v10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the adapter; ``path`` begins after the version."""

    method: str
    path: str
    content_type: str
    body: Any
    files: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Fault:
    """What the next ``times`` requests of a kind meet. ``is_lost``: carried out, but no answer."""

    method: str
    path: str
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    is_lost: bool = False
    times: int = 1

    def meets(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method == method and bool(re.search(self.path, path))


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One interaction and what the bot answered: callbacks in order, follow-ups in order."""

    id: int
    token: str
    channel_id: int
    source: dict[str, Any] | None
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    followups: list[dict[str, Any]] = field(default_factory=list)
    edits: list[dict[str, Any]] = field(default_factory=list)
    deleted: int = 0


class WireServer:
    """Start it, point the adapter's two addresses at it, stop it."""

    def __init__(self) -> None:
        self.gateway = Gateway()
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.messages: dict[int, list[dict[str, Any]]] = {}
        self.threads = WireThreads(self.messages)
        self.interactions: dict[str, Interaction] = {}
        self.api_url = ""
        self.commands: list[dict[str, Any]] = []
        self._recipients: dict[int, dict[str, Any]] = {}
        self._nonces: dict[tuple[int, str], dict[str, Any]] = {}
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.router.add_route("*", PREFIX + "/{path:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.api_url = f"http://127.0.0.1:{port}{PREFIX}"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway/"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def add_person(self, user_id: int, name: str) -> int:
        """The id of a new direct message channel with them."""
        channel_id = snowflake()
        self._recipients[channel_id] = user(user_id, name)
        self.messages[channel_id] = []
        return channel_id

    def add_channel(self, channel_id: int) -> None:
        self.messages[channel_id] = []

    def person(self, channel_id: int) -> dict[str, Any]:
        return self._recipients[channel_id]

    async def until(self, check: Any) -> None:
        """Return once ``check()`` is true after some request."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(check)

    def made(self, method: str, pattern: str) -> list[Request]:
        """The requests of a kind so far."""
        return [r for r in self.requests if r.method == method and re.search(pattern, r.path)]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = "/" + request.match_info["path"]
        body, files = await _read(request)
        self.requests.append(
            Request(
                method=request.method,
                path=path,
                content_type=request.content_type,
                body=body,
                files=tuple(file["filename"] for file in files),
            )
        )
        fault = next((f for f in self.faults if f.meets(request.method, path)), None)
        if fault is not None:
            fault.times -= 1
        if fault is not None and not fault.is_lost:
            response = _error(fault.status, fault.body, fault.headers)
        elif not _is_allowed(request, path):
            response = _error(401, {"code": 0, "message": "401: Unauthorized"})
        else:
            response = self._answer(request.method, path, body, files)
        if fault is not None and fault.is_lost:
            assert request.transport is not None
            request.transport.abort()
        async with self._changed:
            self._changed.notify_all()
        return response

    def _answer(
        self, method: str, path: str, body: Any, files: list[dict[str, Any]]
    ) -> web.Response:
        about_threads = self.threads.answer(method, path, body)
        if about_threads is not None:
            return about_threads
        match [method, *path.strip("/").split("/")]:
            case ["GET", "users", "@me"]:
                return web.json_response(bot_user())
            case ["GET", "oauth2", "applications", "@me"]:
                return web.json_response(application())
            case ["GET", "gateway", "bot"]:
                gateway = self.gateway
                limits = {"shards": gateway.shards, "session_start_limit": gateway.limits}
                return web.json_response({"url": gateway.url, **limits})
            case ["PUT", "applications", _, "commands"]:
                self.commands = [_command(command) for command in body]
                return web.json_response(self.commands)
            case ["POST", "users", "@me", "channels"]:
                return self._open_channel(int(body["recipient_id"]))
            case ["GET", "channels", channel_id]:
                return self._channel(int(channel_id))
            case ["POST", "channels", channel_id, "messages"]:
                return self._post(int(channel_id), body, files)
            case ["POST", "channels", channel_id, "messages", message_id, "crosspost"]:
                return self._publish(int(channel_id), message_id)
            case ["PATCH" | "DELETE", "channels", channel_id, "messages", message_id]:
                return self._change(int(channel_id), message_id, body, method == "DELETE")
            case ["POST", "interactions", _, token, "callback"]:
                return self._callback(token, body)
            case ["POST", "webhooks", _, token]:
                return self._followup(token, body)
            case ["PATCH" | "DELETE", "webhooks", _, token, "messages", "@original"]:
                return self._original(token, body, method == "DELETE")
        return _error(404, {"code": 0, "message": "404: Not Found"})

    def _open_channel(self, user_id: int) -> web.Response:
        for channel_id, recipient in self._recipients.items():
            if recipient["id"] == str(user_id):
                return web.json_response(dm_channel(channel_id, recipient))
        return _error(400, {"code": 50033, "message": "Invalid Recipient(s)"})

    def _channel(self, channel_id: int) -> web.Response:
        if channel_id not in self._recipients:
            return _error(404, {"code": 10003, "message": "Unknown Channel"})
        return web.json_response(dm_channel(channel_id, self._recipients[channel_id]))

    def _post(self, channel_id: int, body: Any, files: list[dict[str, Any]]) -> web.Response:
        if channel_id not in self.messages:
            return _error(404, {"code": 10003, "message": "Unknown Channel"})
        fault = fault_of(body, len(files))
        if fault is not None:
            return _error(400, {"code": fault[0], "message": fault[1]})
        key = (channel_id, str(body.get("nonce")))
        if body.get("enforce_nonce") and key in self._nonces:
            return web.json_response(self._nonces[key])
        made = message(channel_id, bot_user(), body, files)
        self._nonces[key] = made
        self.messages[channel_id].append(made)
        return web.json_response(made)

    def _publish(self, channel_id: int, message_id: str) -> web.Response:
        for kept in self.messages.get(channel_id, []):
            if kept["id"] == message_id:
                if kept.get("flags", 0) & 1:
                    body = {"code": 40033, "message": "This message was already crossposted"}
                    return _error(400, body)
                kept["flags"] = 1
                return web.json_response(kept)
        return _error(404, {"code": 10008, "message": "Unknown Message"})

    def _change(
        self, channel_id: int, message_id: str, body: Any, is_deletion: bool
    ) -> web.Response:
        kept = self.messages.get(channel_id, [])
        found = next((entry for entry in kept if entry["id"] == message_id), None)
        if found is None:
            return _error(404, {"code": 10008, "message": "Unknown Message"})
        if is_deletion:
            kept.remove(found)
            return web.Response(status=204)
        found.update({key: value for key, value in body.items() if key in found})
        found["content"] = found["content"] or ""
        return web.json_response(found)

    def _callback(self, token: str, body: Any) -> web.Response:
        interaction = self.interactions[token]
        if interaction.callbacks:
            return _error(400, {"code": 40060, "message": "Already acknowledged"})
        interaction.callbacks.append(body)
        told: dict[str, Any] = {"interaction": {"id": str(interaction.id), "type": 2}}
        if body["type"] == 4:
            made = message(interaction.channel_id, bot_user(), body["data"], [])
            told["resource"] = {"type": 4, "message": made}
        return web.json_response(told)

    def _followup(self, token: str, body: Any) -> web.Response:
        interaction = self.interactions[token]
        interaction.followups.append(body)
        return web.json_response(message(interaction.channel_id, bot_user(), body, []))

    def _original(self, token: str, body: Any, is_deletion: bool) -> web.Response:
        interaction = self.interactions[token]
        if is_deletion:
            interaction.deleted += 1
            return web.Response(status=204)
        interaction.edits.append(body)
        return web.json_response(message(interaction.channel_id, bot_user(), body, []))


def _is_allowed(request: web.Request, path: str) -> bool:
    is_by_token = path.startswith(("/interactions/", "/webhooks/"))
    return is_by_token or request.headers.get("Authorization") == f"Bot {TOKEN}"


async def _read(request: web.Request) -> tuple[Any, list[dict[str, Any]]]:
    if request.content_type != "multipart/form-data":
        raw = await request.text()
        return (json.loads(raw) if raw else None), []
    form = await request.post()
    body = json.loads(str(form["payload_json"]))
    files = [
        {
            "id": str(snowflake()),
            "filename": part.filename,
            "size": len(part.file.read()),
            "url": "https://cdn.discordapp.com/attachments/1/2/" + part.filename,
            "proxy_url": "https://media.discordapp.net/attachments/1/2/" + part.filename,
        }
        for part in form.values()
        if isinstance(part, web.FileField)
    ]
    return body, files


def _command(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "",
        **sent,
        "id": str(snowflake()),
        "application_id": str(APPLICATION_ID),
        "version": "1",
    }


def _error(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> web.Response:
    return web.json_response(body, status=status, headers=headers)


__all__ = ["BOT_ID", "Fault", "Interaction", "Request", "WireServer"]
