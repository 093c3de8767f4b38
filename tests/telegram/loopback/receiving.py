"""Methods that bring updates to the bot: ``getUpdates`` and the webhook."""

from __future__ import annotations

import asyncio
import json
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.telegram.loopback.world import Refused, World, bad_request

_CONFLICT = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)


class Receiving:
    """Long polling keeps the newest poller only, as Telegram does."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._poller = 0
        self._posts: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None
        self.webhook_statuses: list[int] = []
        self.webhook_attempts = 5

    async def get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Waits for an update, at most ``timeout`` seconds."""
        world = self._world
        if world.webhook is not None:
            raise Refused(409, _WEBHOOK_ACTIVE)
        self._poller += 1
        own = self._poller
        await world.notify()
        offset, limit = int(given.get("offset") or 0), int(given.get("limit") or 100)
        while world.waiting and world.waiting[0]["update_id"] < offset:
            world.waiting.popleft()

        def is_due() -> bool:
            return bool(world.waiting) or own != self._poller

        try:
            async with asyncio.timeout(float(given.get("timeout") or 0)), world.changed:
                await world.changed.wait_for(is_due)
        except TimeoutError:
            pass
        if own != self._poller:
            raise Refused(409, _CONFLICT)
        return list(islice(world.waiting, limit))

    async def set_webhook(self, given: dict[str, Any]) -> bool:
        """Only https, or the loopback (which Telegram itself would refuse)."""
        url = urlsplit(str(given["url"]))
        if url.scheme != "https" and url.hostname != "127.0.0.1":
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self._world.webhook = dict(given)
        self._world.on_update = self._post_soon
        while self._world.waiting:
            self._post_soon(self._world.waiting.popleft())
        return True

    async def delete_webhook(self, given: dict[str, Any]) -> bool:
        """Updates wait for ``getUpdates`` again."""
        self._world.webhook, self._world.on_update = None, None
        if given.get("drop_pending_updates"):
            self._world.waiting.clear()
        return True

    def webhook_info(self) -> dict[str, Any]:
        """``getWebhookInfo``."""
        hook = self._world.webhook or {}
        return {
            "url": hook.get("url", ""),
            "has_custom_certificate": False,
            "pending_update_count": len(self._world.waiting) + len(self._posts),
        }

    async def close(self) -> None:
        """Stop posting, and let those go who still poll."""
        self._poller += 1
        await self._world.notify()
        for task in list(self._posts):
            task.cancel()
        await asyncio.gather(*self._posts, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _post_soon(self, update: dict[str, Any]) -> None:
        task = asyncio.create_task(self._post(update))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def _post(self, update: dict[str, Any]) -> None:
        """Repeat until a 2xx answer, as Telegram does, but without its pauses."""
        hook = self._world.webhook
        if hook is None:
            return
        if self._session is None:
            self._session = aiohttp.ClientSession()
        headers = {
            "X-Telegram-Bot-Api-Secret-Token": hook.get("secret_token", ""),
            "Content-Type": "application/json",
        }
        for _ in range(self.webhook_attempts):
            try:
                async with self._session.post(
                    hook["url"], data=json.dumps(update), headers=headers
                ) as answer:
                    self.webhook_statuses.append(answer.status)
            except (aiohttp.ClientError, TimeoutError):
                # Nobody there, or too busy: as good as a 5xx.
                continue
            await self._world.notify()
            if 200 <= answer.status < 300:
                return
