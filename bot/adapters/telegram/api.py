"""Calls of the Bot API by name, with plain data in and out."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Final

from telegram import Bot
from telegram.error import BadRequest

from bot.adapters.telegram.request import AiohttpRequest
from bot.config import TelegramSettings

FILE_LIMIT: Final = 20 * 1024 * 1024
"""Bytes of a file that a bot may fetch (core.telegram.org/bots/api#getfile)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request: a method of the Bot API and its parameters."""

    method: str
    parameters: dict[str, Any] = field(default_factory=dict)


class TelegramApi(Bot):
    """The library's ``Bot``, opened to ``Call`` values.

    Methods raise ``telegram.error.TelegramError``; ``errors.delivery_error`` translates it.
    Its ``debug`` logger would write whole requests, texts included, so it is held at ``info``.
    """

    __slots__ = ("_pools",)

    def __init__(self, settings: TelegramSettings, token: str) -> None:
        self._pools = (AiohttpRequest(limit=4), AiohttpRequest())
        super().__init__(
            token,
            base_url=f"{settings.api_url}/bot",
            base_file_url=f"{settings.file_url}/bot",
            get_updates_request=self._pools[0],
            request=self._pools[1],
        )
        for name in ("telegram.Bot", "telegram.request"):
            logging.getLogger(name).setLevel(logging.INFO)

    async def open_pools(self) -> None:
        """Open the connection pools. No request is made."""
        for pool in self._pools:
            await pool.initialize()

    async def close_pools(self) -> None:
        """Close the connection pools."""
        for pool in self._pools:
            await pool.shutdown()

    async def renew_polling(self) -> None:
        """Throw away the connections of ``getUpdates`` and begin with new ones."""
        await self._pools[0].shutdown()
        await self._pools[0].initialize()

    async def call(self, call: Call, *, read_timeout: float | None = None) -> Any:
        """The result as JSON data; ``read_timeout`` in seconds replaces the usual one."""
        if read_timeout is None:
            return await self._post(call.method, call.parameters)
        return await self._post(call.method, call.parameters, read_timeout=read_timeout)

    async def download(self, handle: str) -> bytes:
        """The bytes of a file that a person sent, at most ``FILE_LIMIT``."""
        file = await self.call(Call(method="getFile", parameters={"file_id": handle}))
        path = file.get("file_path")
        if not path:
            raise BadRequest("the file has no path")
        return await self._pools[1].retrieve(f"{self._base_file_url}/{path}")
