"""The webhook: Telegram posts updates to us, and we answer 200 once they are committed.

Telegram repeats an update until it gets a 2xx answer (core.telegram.org/bots/api#setwebhook).
"""

from __future__ import annotations

import asyncio
import hmac
import re
from typing import Final
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.inbound import ALLOWED_UPDATES
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.patience import call_until_answered
from bot.chat.errors import StartupError
from bot.chat.ports import Clock
from bot.config import TelegramSettings

_log = structlog.get_logger(__name__)

BODY_LIMIT: Final = 1024 * 1024
"""Bytes of one update; Telegram's are a few thousand."""
_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CONNECTIONS: Final = 40


class Webhook:
    """An HTTP server at ``settings.webhook_host:webhook_port``; TLS ends in front of it."""

    def __init__(
        self, api: TelegramApi, intake: Intake, clock: Clock, settings: TelegramSettings
    ) -> None:
        if settings.webhook_url is None or settings.webhook_secret is None:
            raise StartupError("The Telegram webhook needs webhook_url and a secret token.")
        self._api = api
        self._intake = intake
        self._clock = clock
        self._settings = settings
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret.get_secret_value()
        if not _SECRET.fullmatch(self._secret):
            raise StartupError(
                "The Telegram webhook secret may hold 1 to 256 of A-Z, a-z, 0-9, _ and - only."
            )

    async def run(self) -> None:
        """Serve until cancelled; raises ``StartupError`` where the port or the URL is refused."""
        application = web.Application(client_max_size=BODY_LIMIT)
        application.router.add_post(urlsplit(self._url).path or "/", self._receive)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        host, port = self._settings.webhook_host, self._settings.webhook_port
        try:
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                raise StartupError(
                    f"The Telegram webhook cannot listen on {host}:{port}: {error.strerror}."
                ) from error
            await self._register()
            _log.info("telegram.webhook.listening", host=host, port=port)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _register(self) -> None:
        parameters = {
            "url": self._url,
            "secret_token": self._secret,
            "allowed_updates": list(ALLOWED_UPDATES),
            "max_connections": _CONNECTIONS,
        }
        call = Call(method="setWebhook", parameters=parameters)
        await call_until_answered(self._api, call, self._clock)

    async def _receive(self, request: web.Request) -> web.Response:
        given = request.headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            _log.warning("telegram.webhook.refused")
            return web.Response(status=403)
        try:
            update = await request.json()
        except ValueError:
            return web.Response(status=400)
        if not isinstance(update, dict):
            return web.Response(status=400)
        try:
            await self._intake.take([update])
        except Exception as error:
            # No traceback: a database's error quotes the parameters, which hold people's words.
            _log.error("telegram.inbox.failed", updates=1, error=type(error).__name__)
            return web.Response(status=500)
        return web.Response(status=200)
