"""The HTTP server: who may be answered where, how long, and how much they may send.

Routes are added before ``run``. It listens on the loopback unless told otherwise; TLS and the
world are the business of the web server in front of it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from aiohttp import web

from bot.chat.errors import StartupError
from bot.chat.ports import Clock, Receive
from bot.config_operations import WebSettings

_log = structlog.get_logger(__name__)

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of one request; Telegram's updates are a few thousand."""
TIMEOUT: Final = 20.0
"""Seconds for one request, its body included."""
RETRY: Final = 30.0
"""Seconds until a port that was taken is tried again."""
GRACE: Final = 5.0
"""Seconds that requests under way may take at the end."""

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
}


class WebServer:
    """``needs_port``: without it the process cannot do its work (a webhook)."""

    def __init__(self, settings: WebSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._routes: list[web.RouteDef] = []
        self._takers: dict[str, Receive] = {}
        self._listening = asyncio.Event()
        self.needs_port = False
        self.port = settings.port
        """Where it listens; another number than in the settings where tests say 0 there."""

    def add_get(self, path: str, page: Page) -> None:
        """Answer GET and HEAD at ``path``, which may hold ``{names}`` as aiohttp writes them."""
        self._routes.append(web.get(path, page))

    def add_post(self, path: str, page: Page) -> None:
        """Answer POST at ``path``."""
        self._routes.append(web.post(path, page))

    def receive(self, path: str, take: Receive) -> None:
        """See ``bot.chat.ports.WebhookHost``."""
        self.needs_port = True
        is_new = path not in self._takers
        # An adapter that is built anew while the server runs takes the place of the one before.
        self._takers[path] = take

        async def page(request: web.Request) -> web.Response:
            return web.Response(status=await self._takers[path](request.headers, request.read))

        if is_new:
            self.add_post(path, page)

    async def listening(self) -> None:
        """Returns once requests are answered."""
        await self._listening.wait()

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until ``stop``.

        Raises ``StartupError`` where the port is taken and needed; a port that only health and
        metrics want is tried again every ``RETRY`` seconds.
        """
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            keepalive_timeout=75.0,
            shutdown_timeout=GRACE,
        )
        await runner.setup()
        try:
            if await self._listen(runner, stop):
                await stop.wait()
        finally:
            self._listening.clear()
            await runner.cleanup()

    async def _listen(self, runner: web.AppRunner, stop: asyncio.Event) -> bool:
        host, port = self._settings.host, self._settings.port
        while not stop.is_set():
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                if self.needs_port:
                    raise StartupError(
                        f"The web server cannot listen on {host}:{port}: {error.strerror}. "
                        "Set another [web] port, or end what uses it."
                    ) from error
                _log.warning("web.port_taken", host=host, port=port, error=error.strerror)
                pause = asyncio.ensure_future(self._clock.sleep(RETRY))
                ending = asyncio.ensure_future(stop.wait())
                await asyncio.wait((pause, ending), return_when=asyncio.FIRST_COMPLETED)
                for task in (pause, ending):
                    task.cancel()
                await asyncio.gather(pause, ending, return_exceptions=True)
            else:
                self.port = int(runner.addresses[0][1])
                self._listening.set()
                _log.info("web.listening", host=host, port=self.port)
                return True
        return False

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT, middlewares=[_guard])
        application.router.add_routes(self._routes)
        return application


@web.middleware
async def _guard(request: web.Request, handler: Page) -> web.StreamResponse:
    """Time and headers for all; a fault is logged by its class, never with the address."""
    try:
        async with asyncio.timeout(TIMEOUT):
            response = await handler(request)
    except TimeoutError:
        response = web.Response(status=408)
        response.force_close()
    except web.HTTPException as error:
        # What aiohttp writes into its pages may quote the request.
        response = web.Response(status=error.status)
        with contextlib.suppress(KeyError):
            response.headers["Allow"] = error.headers["Allow"]
    except Exception as error:
        _log.error("web.failed", error=type(error).__name__, page=_name(request))
        response = web.Response(status=500)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _name(request: web.Request) -> str:
    """The route as it was declared: what stands in its place may be a secret."""
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical
