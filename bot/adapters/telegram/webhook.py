"""The webhook: Telegram posts updates to us, and we answer 200 once they are committed.

Telegram repeats an update until it gets a 2xx answer (core.telegram.org/bots/api#setwebhook).
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlsplit

import structlog

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.inbound import ALLOWED_UPDATES
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.patience import call_until_answered
from bot.chat.errors import StartupError
from bot.chat.ports import Clock, WebhookHost
from bot.config import TelegramSettings

_log = structlog.get_logger(__name__)

_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_CONNECTIONS: Final = 40


class Webhook:
    """Part of the process's web server; add it before that runs. TLS ends in front of it."""

    def __init__(
        self, api: TelegramApi, clock: Clock, settings: TelegramSettings, host: WebhookHost
    ) -> None:
        if settings.webhook_url is None or settings.webhook_secret is None:
            raise StartupError("The Telegram webhook needs webhook_url and a secret token.")
        self._api = api
        self._clock = clock
        self._host = host
        self._url = settings.webhook_url
        self._secret = settings.webhook_secret.get_secret_value()
        self._intake: Intake | None = None
        if not _SECRET.fullmatch(self._secret):
            raise StartupError(
                "The Telegram webhook secret may hold 1 to 256 of A-Z, a-z, 0-9, _ and - only."
            )
        host.receive(urlsplit(self._url).path or "/", self._receive)

    async def run(self, intake: Intake) -> None:
        """Take updates until cancelled; raises ``StartupError`` where the URL is refused."""
        self._intake = intake
        try:
            await self._host.listening()
            await self._register()
            await asyncio.Event().wait()
        finally:
            self._intake = None

    async def _register(self) -> None:
        parameters = {
            "url": self._url,
            "secret_token": self._secret,
            "allowed_updates": list(ALLOWED_UPDATES),
            "max_connections": _CONNECTIONS,
        }
        call = Call(method="setWebhook", parameters=parameters)
        await call_until_answered(self._api, call, self._clock)

    async def _receive(
        self, headers: Mapping[str, str], read: Callable[[], Awaitable[bytes]]
    ) -> int:
        given = headers.get(_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret.encode()):
            _log.warning("telegram.webhook.refused")
            return 403
        try:
            update = json.loads(await read())
        except (ValueError, RecursionError):
            return 400
        if not isinstance(update, dict):
            return 400
        if self._intake is None:
            return 503
        try:
            await self._intake.take([update])
        except Exception as error:
            # No traceback: a database's error quotes the parameters, which hold people's words.
            _log.error("telegram.inbox.failed", updates=1, error=type(error).__name__)
            return 500
        return 200
