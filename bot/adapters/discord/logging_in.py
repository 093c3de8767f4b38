"""Logging in, and again while Discord cannot be reached."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Final

import aiohttp
import discord
import structlog

from bot.adapters.discord.client import AssistantClient
from bot.adapters.discord.errors import TooManyRequests
from bot.chat.errors import StartupError
from bot.config import DiscordSettings

LOGIN_TRIES: Final = 6
"""Logins tried while Discord cannot be reached, half a minute in all."""

TOKEN_REFUSED: Final = (
    "Discord refuses the token; check INSOP_DISCORD_TOKEN or token_file against the bot's page "
    "in the Discord developer portal."
)

_log = structlog.get_logger(__name__)


async def log_in(
    client: AssistantClient,
    settings: DiscordSettings,
    *,
    tries: int | None,
    pause: Callable[[float], Awaitable[None]],
    is_over: Callable[[], bool],
) -> bool:
    """Log in; False where ``is_over`` came first. Raises ``StartupError`` after so many tries."""
    token = settings.token
    if token is None:
        raise StartupError("Discord needs a token; set INSOP_DISCORD_TOKEN or token_file.")
    for attempt in itertools.count():
        if is_over():
            return False
        try:
            await client.login(token.get_secret_value())
        except discord.LoginFailure as error:
            raise StartupError(TOKEN_REFUSED) from error
        except (TypeError, KeyError, ValueError) as error:
            # What discord.py makes of an answer that is no account: a proxy's page.
            raise StartupError(f"What answers at {settings.api_url} is not Discord.") from error
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and not _is_passing(error):
                raise StartupError(
                    f"Discord refuses the login with status {error.status}."
                ) from error
            await client.transport.reset()
            wait = 2.0 ** min(attempt, LOGIN_TRIES)
            if isinstance(error, TooManyRequests):
                wait = error.retry_after
            if attempt + 1 == tries:
                raise StartupError(f"Discord cannot be reached at {settings.api_url}.") from error
            _log.warning("discord.login_delayed", error=type(error).__name__, seconds=wait)
            await pause(wait)
        else:
            return True
    return False


def _is_passing(error: discord.HTTPException) -> bool:
    return error.status == 429 or error.status >= 500
