"""A platform to send to: as slow, as strict and as faulty as it is told to be.

Runs as a process of its own and prints its port. It speaks enough of the Telegram Bot API and of
Discord's REST API to take messages, holds a ceiling over a sliding second, answers after a
latency, loses answers to what it has carried out, and remembers everything that it took.

``/control/set`` changes ceiling, latency and faults; ``/control/stats`` tells what happened.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

NONCE_MEMORY = 300.0
"""Seconds for which a repeated nonce is recognised ("a few minutes")."""


@dataclass
class Platform:
    """What was taken, and how strict to be. Rates in messages a second, times in seconds."""

    ceiling: float
    latency: float
    lost: float = 0.0
    broken: float = 0.0
    down_until: float = 0.0
    taken: list[tuple[float, str, str]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    by_message: Counter[tuple[str, str]] = field(default_factory=Counter)
    nonces: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    lost_count: int = 0
    looked_up: int = 0
    random: random.Random = field(default_factory=lambda: random.Random(7))
    _second: deque[float] = field(default_factory=deque)

    def admit(self) -> bool:
        """Count a request against the ceiling; False where it is above it."""
        now = time.monotonic()
        while self._second and self._second[0] <= now - 1.0:
            self._second.popleft()
        if len(self._second) >= self.ceiling:
            self.refused.append(now)
            return False
        self._second.append(now)
        return True

    def take(self, chat: str, text: str, nonce: str | None) -> int:
        """Keep a message; a nonce seen lately brings its message back."""
        now = time.monotonic()
        if nonce is not None:
            known = self.nonces.get((chat, nonce))
            if known is not None and now - known[0] < NONCE_MEMORY:
                return known[1]
        self.taken.append((now, chat, text))
        self.shown[chat] = text
        self.by_message[chat, text] += 1
        number = len(self.taken)
        if nonce is not None:
            self.nonces[chat, nonce] = (now, number)
        return number


KEY: web.AppKey[Platform] = web.AppKey("platform")


async def telegram(request: web.Request) -> web.StreamResponse:
    """``sendMessage``, ``editMessageText``, and the few calls that an adapter makes itself."""
    platform = request.app[KEY]
    method = request.match_info["method"]
    if method == "getUpdates":
        await asyncio.sleep(20)
        return web.json_response({"ok": True, "result": []})
    if method == "getMe":
        me = {"id": 1, "is_bot": True, "first_name": "Bot", "username": "loopback_bot"}
        return web.json_response({"ok": True, "result": me})
    if method not in ("sendMessage", "editMessageText"):
        return web.json_response({"ok": True, "result": True})
    data = await request.json()
    chat = str(data["chat_id"])
    await asyncio.sleep(platform.latency / 2)
    if fault := _fault(request, platform):
        return fault
    if not platform.admit():
        await asyncio.sleep(platform.latency / 2)
        body = {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        return web.json_response(body, status=429)
    if method == "editMessageText":
        number = int(data["message_id"])
        platform.shown[chat] = data["text"]
    else:
        number = platform.take(chat, data["text"], None)
    if _is_lost(request, platform):
        return web.Response()
    await asyncio.sleep(platform.latency / 2)
    message = {
        "message_id": number,
        "date": int(time.time()),
        "chat": {"id": data["chat_id"], "type": "private"},
        "text": data["text"],
    }
    return web.json_response({"ok": True, "result": message})


async def discord(request: web.Request) -> web.StreamResponse:
    """``POST /channels/{id}/messages`` with ``nonce`` and ``enforce_nonce``, and its ``PATCH``."""
    platform = request.app[KEY]
    data = await request.json()
    chat = request.match_info["channel"]
    await asyncio.sleep(platform.latency / 2)
    if fault := _fault(request, platform):
        return fault
    if not platform.admit():
        await asyncio.sleep(platform.latency / 2)
        body = {"message": "You are being rate limited.", "retry_after": 0.5, "global": True}
        return web.json_response(body, status=429, headers={"X-RateLimit-Scope": "global"})
    nonce = str(data["nonce"]) if data.get("enforce_nonce") and "nonce" in data else None
    if request.method == "PATCH":
        number = int(request.match_info["message"])
        platform.shown[chat] = data.get("content", "")
    else:
        number = platform.take(chat, data.get("content", ""), nonce)
    if _is_lost(request, platform):
        return web.Response()
    await asyncio.sleep(platform.latency / 2)
    return web.json_response({"id": str(number), "channel_id": chat})


async def discord_history(request: web.Request) -> web.Response:
    """What was taken in a channel since ``since`` (Unix time); Discord keeps no nonce with it."""
    platform = request.app[KEY]
    chat = request.match_info["channel"]
    since = time.monotonic() - (time.time() - float(request.query["since"]))
    await asyncio.sleep(platform.latency)
    found = [
        {"id": str(number), "content": text}
        for number, (at, taken_by, text) in enumerate(platform.taken, 1)
        if taken_by == chat and at >= since
    ]
    platform.looked_up += 1
    return web.json_response(found)


def _fault(request: web.Request, platform: Platform) -> web.Response | None:
    if platform.down_until > time.monotonic() or platform.random.random() < platform.broken:
        return web.json_response({"ok": False, "error_code": 502}, status=502)
    return None


def _is_lost(request: web.Request, platform: Platform) -> bool:
    if platform.random.random() >= platform.lost:
        return False
    platform.lost_count += 1
    if request.transport is not None:
        request.transport.abort()
    return True


async def control(request: web.Request) -> web.Response:
    """Change ceiling, latency, lost or broken; ``down`` is seconds of 502."""
    platform = request.app[KEY]
    for name, value in (await request.json()).items():
        if name == "down":
            platform.down_until = time.monotonic() + value
        else:
            setattr(platform, name, value)
    return web.json_response({})


async def stats(request: web.Request) -> web.Response:
    """Everything since the start; with ``?full=1`` each message's count."""
    platform = request.app[KEY]
    full: dict[str, Any] = {}
    if "full" in request.query:
        full["messages"] = [[*key, count] for key, count in platform.by_message.items()]
        full["shown"] = platform.shown
    if "since" in request.query:
        since = float(request.query["since"])
        full["taken_at"] = [at for at, _, _ in platform.taken if at >= since]
        full["refused_at"] = [at for at in platform.refused if at >= since]
    return web.json_response(
        {
            "taken": len(platform.taken),
            "refused": len(platform.refused),
            "lost": platform.lost_count,
            "looked_up": platform.looked_up,
            "now": time.monotonic(),
            **full,
        }
    )


def build(platform: Platform) -> web.Application:
    """The application, for a process or for a test."""
    app = web.Application()
    app[KEY] = platform
    app.router.add_post("/bot{token}/{method}", telegram)
    app.router.add_post("/discord/channels/{channel}/messages", discord)
    app.router.add_get("/discord/channels/{channel}/messages", discord_history)
    app.router.add_patch("/discord/channels/{channel}/messages/{message}", discord)
    app.router.add_post("/control/set", control)
    app.router.add_get("/control/stats", stats)
    return app


async def main(arguments: argparse.Namespace) -> None:
    platform = Platform(
        ceiling=arguments.ceiling, latency=arguments.latency_ms / 1000, lost=arguments.lost
    )
    runner = web.AppRunner(build(platform), access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", arguments.port, backlog=2048)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # The one who started it ends it by closing its input.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ceiling", type=float, default=30.0)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--lost", type=float, default=0.0)
    asyncio.run(main(parser.parse_args()))
