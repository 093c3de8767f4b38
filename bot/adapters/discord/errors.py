"""What Discord answers, told as ``bot.chat.errors``.

Codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import aiohttp
import discord

from bot.chat.errors import (
    Ambiguous,
    ChatError,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)

UNKNOWN_MESSAGE: Final = 10008
ALREADY_PUBLISHED: Final = 40033
ALREADY_ANSWERED: Final = 40060
EXPIRED: Final = frozenset({10062, 10015, 50027})
"""Unknown interaction, unknown webhook, invalid webhook token: its 3 s or 15 min are over."""

_GONE: Final = frozenset(
    {
        10003,  # unknown channel
        10004,  # unknown guild
        10013,  # unknown user
        50001,  # missing access
        50007,  # cannot send messages to this user
        50278,  # no guild in common with this user any more
    }
)


class TooManyRequests(discord.HTTPException):
    """A 429, raised at once instead of being slept away.

    ``is_global`` is true where the whole token is halted, not one route or channel.
    """

    def __init__(self, response: aiohttp.ClientResponse, data: Any) -> None:
        super().__init__(response, data)
        told: Mapping[str, Any] = data if isinstance(data, dict) else {}
        wait = told.get("retry_after", response.headers.get("Retry-After", 1))
        self.retry_after = float(wait)
        self.is_global = bool(
            told.get("global") or response.headers.get("X-RateLimit-Scope") == "global"
        )


def translate(error: Exception) -> DeliveryError:
    """The ``DeliveryError`` that ``error`` means; any error that sending may raise."""
    match error:
        case DeliveryError():
            return error
        case TooManyRequests():
            return RateLimited(error.retry_after, is_global=error.is_global)
        case discord.RateLimited():
            return RateLimited(error.retry_after)
        case discord.HTTPException():
            return _from_status(error)
        case aiohttp.ClientConnectorError():
            return Unreachable("Discord cannot be reached")
        case discord.ClientException() | RuntimeError():
            return Unreachable("Discord is not connected")
        case OSError() | aiohttp.ClientError():
            return Ambiguous(f"no answer from Discord: {type(error).__name__}")
        case _:
            return Undeliverable(f"not a message for Discord: {error}")


def _from_status(error: discord.HTTPException) -> DeliveryError:
    told = f"{error.status} (code {error.code})"
    if error.code in _GONE:
        return RecipientGone(f"Discord answers {told}")
    if error.status == 429:
        return RateLimited(1.0)
    if error.status >= 500:
        return Ambiguous(f"Discord answers {told}")
    if error.status == 401:
        return DeliveryError(f"Discord answers {told}: the token is not valid any more")
    return Undeliverable(f"Discord answers {told}")


@contextmanager
def delivery_errors() -> Iterator[None]:
    """Raises whatever sending raises inside as a ``DeliveryError``."""
    try:
        yield
    except (
        DeliveryError,
        discord.DiscordException,
        aiohttp.ClientError,
        OSError,
        RuntimeError,
        ChatError,
        TypeError,
        ValueError,
    ) as error:
        translated = translate(error)
        if translated is error:
            raise
        raise translated from error
