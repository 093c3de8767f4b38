"""The HTTP side: tokens, parameters, faults, and the record of requests."""

from __future__ import annotations

import asyncio
import inspect
import json
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import Any, Self

from aiohttp import web

from tests.telegram.loopback.control import Control
from tests.telegram.loopback.faults import Fault, Faults, Kind
from tests.telegram.loopback.messages import MessageMethods
from tests.telegram.loopback.people import Group, Person
from tests.telegram.loopback.profile import ProfileMethods
from tests.telegram.loopback.reactions import ReactionMethods
from tests.telegram.loopback.receiving import Receiving
from tests.telegram.loopback.topics import TopicMethods
from tests.telegram.loopback.world import Refused, World

TOKEN = "7000001:loopback-token-for-tests"
_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came in. ``at`` is the machine's monotonic clock, in seconds.

    ``status`` is 0 where no answer was given, and None for ``getUpdates``, noted beforehand.
    """

    method: str
    parameters: dict[str, Any]
    files: tuple[str, ...]
    at: float
    status: int | None


class LoopbackServer:
    """Use as ``async with LoopbackServer() as server``; ``server.url`` is the API's base URL."""

    def __init__(self, *, token: str = TOKEN, per_second: int | None = None) -> None:
        self.world = World(token=token)
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=_REMEMBERED)
        self.refusals: list[tuple[str, str]] = []
        self.sends: deque[tuple[int, int, float]] = deque(maxlen=_REMEMBERED)
        self.receiving = Receiving(self.world)
        self._per_second = per_second
        self._granted: deque[float] = deque()
        self._methods: dict[str, Any] = {}
        parts = (MessageMethods, ProfileMethods, ReactionMethods, TopicMethods)
        for group in (part(self.world) for part in parts):
            for name, method in inspect.getmembers(group, inspect.ismethod):
                if not name.startswith("_"):
                    self._methods[name] = method
        self._received: Counter[str] = Counter()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes any that is free."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_route("*", "/bot{token}/{method}", self._call)
        application.router.add_get("/file/bot{token}/files/{handle}", self._download)
        Control(self.world, self.sends, self.refusals).register(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        bound = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr] # after start
        self.url = f"http://{host}:{bound}"

    async def close(self) -> None:
        """Stop listening; requests that hang are let go."""
        self._closing.set()
        await self.receiving.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def user(self, name: str, *, language: str = "en", is_started: bool = True) -> Person:
        """A new person with a private chat; ``is_started``: whether they ever wrote to the bot."""
        return Person(self.world, name, language=language, is_started=is_started)

    def group(self, title: str, *, topics: tuple[str, ...] = ()) -> Group:
        """A new supergroup with the bot in it, and topics if it is a forum."""
        return Group(self.world, title, topics=topics)

    def fail(
        self,
        method: str,
        code: int,
        description: str = "Internal Server Error",
        *,
        times: int = 1,
        after: int = 0,
        **parameters: int,
    ) -> None:
        """Refuse the next calls of ``method`` (``*``: of any but getUpdates)."""
        self.faults.add(
            Fault(
                method=method,
                kind="answer",
                times=times,
                after=after,
                code=code,
                description=description,
                parameters=parameters,
            )
        )

    def limit(self, method: str, retry_after: int, *, times: int = 1, after: int = 0) -> None:
        """Answer 429 to the next calls of ``method``, once ``after`` calls have gone well."""
        text = f"Too Many Requests: retry after {retry_after}"
        self.fail(method, 429, text, times=times, after=after, retry_after=retry_after)

    def disturb(self, method: str, kind: Kind, *, times: int = 1) -> None:
        """``lose`` (carried out, no answer), ``drop`` (not carried out) or ``hang``."""
        self.faults.add(Fault(method=method, kind=kind, times=times))

    def calls(self, method: str) -> list[Request]:
        """The requests of one method so far."""
        return [request for request in self.requests if request.method == method]

    async def until_called(self, method: str, times: int = 1, *, within: float = 5.0) -> None:
        """Wait until ``method`` has been called so often."""
        async with asyncio.timeout(within), self.world.changed:
            await self.world.changed.wait_for(lambda: len(self.calls(method)) >= times)

    def received(self, method: str) -> int:
        """How many requests of ``method`` have come in, answered or not."""
        return self._received[method]

    async def until_received(self, method: str, times: int, *, within: float = 5.0) -> None:
        """Wait until ``method`` has come in so often, answered or not."""
        async with asyncio.timeout(within), self.world.changed:
            await self.world.changed.wait_for(lambda: self._received[method] >= times)

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != self.world.token:
            return _answer_error(Refused(401, "Unauthorized"))
        parameters, files = await _read(request)
        self._received[method] += 1
        if method == "getUpdates":
            self._record(method, parameters, files, None)
        await self.world.notify()
        fault = self.faults.next_for(method)
        if fault is not None and fault.kind == "hang":
            self._record(method, parameters, files, 0)
            await self.world.notify()
            await self._closing.wait()
            return web.Response(status=500)
        try:
            if fault is not None and fault.kind == "answer":
                raise Refused(fault.code, fault.description, **fault.parameters)
            if fault is not None and fault.kind == "drop":
                return self._cut(request, method, parameters, files)
            if method.startswith(("send", "edit")):
                self._pace()
            result = await self._carry_out(method, parameters, files)
        except Refused as refused:
            self.refusals.append((method, refused.description))
            self._record(method, parameters, files, refused.code)
            await self.world.notify()
            return _answer_error(refused)
        if fault is not None and fault.kind == "lose":
            await self.world.notify()
            return self._cut(request, method, parameters, files)
        self._record(method, parameters, files, 200)
        if method.startswith("send") and isinstance(result, dict):
            self.sends.append((result["chat"]["id"], result["message_id"], time.monotonic()))
        if method != "getUpdates":
            await self.world.notify()
        return web.json_response({"ok": True, "result": result})

    async def _carry_out(self, method: str, given: dict[str, Any], files: dict[str, Any]) -> Any:
        match method:
            case "getUpdates":
                return await self.receiving.get_updates(given)
            case "setWebhook":
                return await self.receiving.set_webhook(given)
            case "deleteWebhook":
                return await self.receiving.delete_webhook(given)
            case "getWebhookInfo":
                return self.receiving.webhook_info()
        if method not in self._methods:
            raise Refused(404, "Not Found: method not found")
        return self._methods[method](given, files)

    def _pace(self) -> None:
        if self._per_second is None:
            return
        now = time.monotonic()
        while self._granted and self._granted[0] <= now - 1.0:
            self._granted.popleft()
        if len(self._granted) >= self._per_second:
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        self._granted.append(now)

    def _record(
        self, method: str, parameters: dict[str, Any], files: dict[str, Any], status: int | None
    ) -> None:
        """``getUpdates`` is noted as it comes in, all else when it has been answered."""
        if method == "getUpdates" and status is not None:
            return
        self.requests.append(
            Request(
                method=method,
                parameters=parameters,
                files=tuple(files),
                at=time.monotonic(),
                status=status,
            )
        )

    def _cut(
        self,
        request: web.Request,
        method: str,
        parameters: dict[str, Any],
        files: dict[str, Any],
    ) -> web.Response:
        self._record(method, parameters, files, 0)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _download(self, request: web.Request) -> web.Response:
        data = self.world.files.get(request.match_info["handle"])
        if data is None or request.match_info["token"] != self.world.token:
            return _answer_error(Refused(404, "Not Found"))
        return web.Response(body=data)


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    if request.content_type == "application/json":
        return await request.json(), {}
    parameters: dict[str, Any] = dict(request.query)
    files = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read())
            value.file.close()
        else:
            parameters[name] = value
    return parameters, files


def _answer_error(refused: Refused) -> web.Response:
    body: dict[str, Any] = {
        "ok": False,
        "error_code": refused.code,
        "description": refused.description,
    }
    if refused.parameters:
        body["parameters"] = refused.parameters
    return web.Response(status=refused.code, text=json.dumps(body), content_type="application/json")


__all__ = ["TOKEN", "LoopbackServer", "Request"]
