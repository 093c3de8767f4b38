"""discord.py's REST client, made to send each request once and to an address of choice.

The library sleeps through 429s and repeats a request up to five times after a 5xx. Here whoever
sends decides on that (``bot.delivery``), so a request is made once and its outcome raised. The
addresses of the API and of the gateway belong to one client, not to ``discord.http.Route``, so
two clients in a process do not disturb each other. The library's own buckets, which hold a
request back before it would meet a 429, stay in use.

This is the one place that leans on private parts of discord.py 2.7: ``HTTPClient.__session``,
``_bucket_hashes`` and ``_buckets``.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import HTTPClient, Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.adapters.discord.errors import TooManyRequests

TIMEOUT: Final = 20.0
"""Seconds for one request; an answer that comes later counts as none."""

_BUCKET_PATIENCE: Final = 30.0
"""Seconds that a full bucket may hold a request back: the least that discord.py allows."""

_SESSION: Final = "_HTTPClient__session"


class OneShotHTTP(HTTPClient):
    """REST calls of one client. ``gateway_url`` is None for the one that the API names."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, api_url: str, gateway_url: str | None
    ) -> None:
        super().__init__(loop, max_ratelimit_timeout=_BUCKET_PATIENCE)
        self._api_url = api_url
        self._gateway_url = gateway_url

    async def request(
        self,
        route: Route,
        *,
        files: Sequence[discord.File] | None = None,
        form: Iterable[dict[str, Any]] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Make the request once; raises ``discord.HTTPException`` and aiohttp's errors."""
        session = getattr(self, _SESSION)
        if not session:
            raise discord.ClientException("not logged in")
        headers = {"User-Agent": self.user_agent}
        if self.token is not None:
            headers["Authorization"] = f"Bot {self.token}"
        if reason := kwargs.pop("reason", None):
            headers["X-Audit-Log-Reason"] = yarl.URL.build(path=reason).raw_path
        body: Any = kwargs.pop("data", None)
        if "json" in kwargs:
            headers["Content-Type"] = "application/json"
            body = _to_json(kwargs.pop("json"))
        elif form:
            body = _form(form, files)
        bucket = self._bucket(route)
        async with bucket:
            response, data = await _exchange(
                session, route, self._api_url, data=body, headers=headers, **kwargs
            )
            self._learn(route, bucket, response)
            _raise_for(response, data)
            return data

    def _bucket(self, route: Route) -> Any:
        known = self._bucket_hashes.get(route.key, route.key)
        return self.get_ratelimit(f"{known}:{route.major_parameters}")

    def _learn(self, route: Route, bucket: Any, response: aiohttp.ClientResponse) -> None:
        """Take over the bucket that the headers name, and what is left in it."""
        name = response.headers.get("X-RateLimit-Bucket")
        if name is not None and self._bucket_hashes.get(route.key) != name:
            self._bucket_hashes[route.key] = name
            self._buckets[f"{name}:{route.major_parameters}"] = bucket
        if "X-RateLimit-Remaining" in response.headers and response.status != 429:
            bucket.update(response, use_clock=self.use_clock)

    async def get_bot_gateway(self) -> tuple[int, str, Any]:
        """Recommended shards, address and limits; the address is kept where none was set."""
        shards, address, limits = await super().get_bot_gateway()
        if self._gateway_url is None and self._api_url != Route.BASE:
            self._gateway_url = address
        return shards, address, limits

    async def ws_connect(self, url: str, *, compress: int = 0) -> aiohttp.ClientWebSocketResponse:
        """Open the gateway, at this client's address where the library means the usual one."""
        target = yarl.URL(url)
        is_usual = target.host == DiscordWebSocket.DEFAULT_GATEWAY.host
        if is_usual and self._gateway_url is not None:
            target = yarl.URL(self._gateway_url).with_query(target.query)
        return await super().ws_connect(str(target), compress=compress)

    async def reset(self) -> None:
        """Close what a failed login left open, so that another one can be tried."""
        await self.close()
        setattr(self, _SESSION, discord.utils.MISSING)
        self.connector = discord.utils.MISSING


class OneShotWebhooks(AsyncWebhookAdapter):
    """Answers to interactions, which go through webhooks and not through ``HTTPClient``.

    discord.py looks it up in the context variable ``discord.webhook.async_.async_context``.
    """

    def __init__(self, api_url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # untyped in discord.py
        self._api_url = api_url

    async def request(
        self,
        route: Route,
        session: aiohttp.ClientSession,
        *,
        payload: dict[str, Any] | None = None,
        multipart: list[dict[str, Any]] | None = None,
        proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None,
        files: Sequence[discord.File] | None = None,
        reason: str | None = None,
        auth_token: str | None = None,
        params: dict[str, Any] | None = None,
    ) -> Any:
        """Make the request once; raises ``discord.HTTPException`` and aiohttp's errors."""
        headers: dict[str, str] = {}
        body: Any = None
        if payload is not None:
            headers["Content-Type"] = "application/json"
            body = _to_json(payload)
        if auth_token is not None:
            headers["Authorization"] = f"Bot {auth_token}"
        if multipart:
            body = _form(multipart, files)
        response, data = await _exchange(
            session, route, self._api_url, data=body, headers=headers, params=params
        )
        _raise_for(response, data)
        return data


async def _exchange(
    session: aiohttp.ClientSession, route: Route, api_url: str, **kwargs: Any
) -> tuple[aiohttp.ClientResponse, Any]:
    url = api_url + route.url.removeprefix(Route.BASE)
    async with (
        asyncio.timeout(TIMEOUT),
        session.request(route.method, url, **kwargs) as response,
    ):
        text = await response.text(encoding="utf-8", errors="replace")
        if response.content_type == "application/json" and text:
            return response, json.loads(text)
        return response, text


def _raise_for(response: aiohttp.ClientResponse, data: Any) -> None:
    status = response.status
    if 200 <= status < 300:
        return
    if status == 429:
        raise TooManyRequests(response, data)
    if status == 403:
        raise discord.Forbidden(response, data)
    if status == 404:
        raise discord.NotFound(response, data)
    if status >= 500:
        raise discord.DiscordServerError(response, data)
    raise discord.HTTPException(response, data)


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _form(
    parts: Iterable[dict[str, Any]], files: Sequence[discord.File] | None
) -> aiohttp.FormData:
    """``files[0]`` must stay as it is, so field names are not quoted."""
    for file in files or ():
        file.reset(seek=True)
    form = aiohttp.FormData(quote_fields=False)
    for part in parts:
        form.add_field(**part)
    return form
