"""Trying again while Telegram cannot be reached: longer and longer pauses."""

from __future__ import annotations

from typing import Any, Final

import structlog
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.request import Throttled
from bot.chat.errors import StartupError
from bot.chat.ports import Clock

_log = structlog.get_logger(__name__)

_FIRST: Final = 1.0
_LONGEST: Final = 30.0

BAD_TOKEN: Final = (
    "Telegram refuses the bot token: set INSOP_TELEGRAM_TOKEN (or telegram.token_file) to the one "
    "that @BotFather shows for this bot."
)


class Backoff:
    """Pauses of 1, 2, 4 … 30 seconds of the clock, until ``reset``."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = _FIRST

    def reset(self) -> None:
        """What was tried has worked."""
        self._next = _FIRST

    async def pause(self, at_least: float = 0.0) -> None:
        """Wait, and longer the next time."""
        seconds, self._next = max(self._next, at_least), min(self._next * 2, _LONGEST)
        await self._clock.sleep(seconds)


def is_passing(error: TelegramError) -> bool:
    """Whether the same request may well be answered later."""
    if isinstance(error, BadRequest):
        return False
    return isinstance(error, Throttled | Conflict | NetworkError)


async def call_until_answered(api: TelegramApi, call: Call, clock: Clock) -> Any:
    """The result of a call that start-up cannot do without, however long the network is away.

    Raises ``StartupError`` where Telegram refuses it.
    """
    backoff = Backoff(clock)
    while True:
        try:
            return await api.call(call)
        except InvalidToken as error:
            raise StartupError(BAD_TOKEN) from error
        except TelegramError as error:
            if not is_passing(error):
                raise StartupError(f"Telegram refuses {call.method}: {error.message}.") from error
            _log.warning("telegram.start.waiting", method=call.method, error=type(error).__name__)
            await backoff.pause(error.retry_after if isinstance(error, Throttled) else 0.0)
