"""Long polling: our own ``getUpdates`` loop, which acknowledges only what is committed.

An update counts as received once a later ``getUpdates`` carries a higher offset
(core.telegram.org/bots/api#getupdates), so the offset moves only after the inbox has it.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.inbound import ALLOWED_UPDATES
from bot.adapters.telegram.intake import Intake
from bot.adapters.telegram.patience import BAD_TOKEN, Backoff, call_until_answered
from bot.adapters.telegram.request import Throttled
from bot.chat.errors import StartupError
from bot.chat.ports import Clock

_log = structlog.get_logger(__name__)

LONG_POLL: Final = 30
"""Seconds that Telegram holds an empty request open."""
_BATCH: Final = 100
_MARGIN: Final = 15.0
"""Seconds beyond the long poll before the request itself gives up."""


class Poller:
    """``quiet_after``: seconds beyond the long poll after which a silent poller is rebuilt."""

    def __init__(
        self,
        api: TelegramApi,
        intake: Intake,
        clock: Clock,
        *,
        quiet_after: float,
        long_poll: int = LONG_POLL,
    ) -> None:
        self._api = api
        self._intake = intake
        self._clock = clock
        self._quiet_after = quiet_after
        self._long_poll = long_poll
        self._offset: int | None = None
        self._backoff = Backoff(clock)

    async def run(self) -> None:
        """Poll until cancelled; raises ``StartupError`` when the token is refused."""
        await call_until_answered(self._api, Call(method="deleteWebhook"), self._clock)
        while True:
            try:
                updates = await self._watched()
            except TelegramError as error:
                await self._bear(error)
                continue
            if updates is None:
                _log.warning("telegram.poll.quiet", seconds=self._long_poll + self._quiet_after)
                await self._api.renew_polling()
                continue
            if await self._taken(updates):
                self._backoff.reset()

    async def _watched(self) -> list[dict[str, Any]] | None:
        """One long poll, or None where it has been quiet for longer than it may."""
        poll = asyncio.create_task(self._poll())
        watch = asyncio.create_task(self._clock.sleep(self._long_poll + self._quiet_after))
        try:
            await asyncio.wait({poll, watch}, return_when=asyncio.FIRST_COMPLETED)
            return poll.result() if poll.done() else None
        finally:
            for task in (poll, watch):
                task.cancel()
            await asyncio.gather(poll, watch, return_exceptions=True)

    async def _poll(self) -> list[dict[str, Any]]:
        parameters = {
            "offset": self._offset,
            "limit": _BATCH,
            "timeout": self._long_poll,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        updates: list[dict[str, Any]] = await self._api.call(
            Call(method="getUpdates", parameters=parameters),
            read_timeout=self._long_poll + _MARGIN,
        )
        return updates

    async def _taken(self, updates: list[dict[str, Any]]) -> bool:
        """Commit them, then move the offset; where that fails, ask for the same again."""
        try:
            await self._intake.take(updates)
        except Exception as error:
            # No traceback: a database's error quotes the parameters, which hold people's words.
            _log.error("telegram.inbox.failed", updates=len(updates), error=type(error).__name__)
            await self._backoff.pause()
            return False
        ids = [update["update_id"] for update in updates if "update_id" in update]
        if ids:
            self._offset = max(map(int, ids)) + 1
        elif updates:
            # What has no id cannot be acknowledged, and would come again at once.
            await self._backoff.pause()
            return False
        return True

    async def _bear(self, error: TelegramError) -> None:
        if isinstance(error, InvalidToken):
            raise StartupError(BAD_TOKEN) from error
        if isinstance(error, Conflict):
            _log.error(
                "telegram.poll.conflict",
                hint="another program receives the updates of this bot: stop it, or give this "
                "one a token of its own",
            )
        else:
            _log.warning("telegram.poll.failed", error=type(error).__name__)
        await self._backoff.pause(error.retry_after if isinstance(error, Throttled) else 0.0)
