"""Calendar feeds: ``/calendar/<token>.ics``, for programs that look every few hours (RFC 5545)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.web.server import WebServer

Feed = Callable[[str], Awaitable[str | None]]
"""The calendar that a token stands for as iCalendar text; None where it stands for none."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")
_FRESH: Final = "private, max-age=900"


def add_feed(server: WebServer, feed: Feed) -> None:
    """Answer at ``/calendar/<token>.ics``; tokens must be unguessable, and are never logged."""

    async def page(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        text = await feed(token) if _TOKEN.fullmatch(token) else None
        if text is None:
            return web.Response(status=404)
        body = text.encode()
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": _FRESH}
        if tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return web.Response(
            body=body, content_type="text/calendar", charset="utf-8", headers=headers
        )

    server.add_get("/calendar/{token}.ics", page)
