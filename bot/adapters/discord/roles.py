"""The role that members bear on the network's server."""

from __future__ import annotations

from typing import Final

import discord

from bot.adapters.discord.errors import translate
from bot.adapters.discord.sending import Sending
from bot.chat.errors import DeliveryError, RecipientGone, Undeliverable
from bot.chat.events import Platform
from bot.config import DiscordSettings
from bot.marking import N_

_ABSENT: Final = frozenset({10007, 10013})
"""Unknown member, unknown user: nobody of this number is on the server."""
_REASONS: Final = {
    10004: N_("the server of the settings is not known"),
    10011: N_("the role of the settings is not known"),
    50001: N_("the bot is not on the server of the settings"),
    50013: N_("the bot lacks a right"),
}


class MemberRole:
    """``bot.chat.ports.BadgeBearer`` for Discord. The bot needs the right "Manage Roles"."""

    platform: Platform = "discord"

    def __init__(self, client: discord.Client, sending: Sending, *, server: int, role: int) -> None:
        self._client = client
        self._sending = sending
        self._server = server
        self._role = role

    async def set_badge(self, account_id: str, *, is_held: bool) -> None:
        """Give or take the role; fine where it is so already."""
        await self._sending.wait()
        if not account_id.isdecimal():
            raise RecipientGone("not an id of Discord")
        http = self._client.http
        change = http.add_role if is_held else http.remove_role
        try:
            await change(self._server, int(account_id), self._role, reason="INSOP membership")
        except discord.HTTPException as error:
            if error.code in _ABSENT:
                raise RecipientGone("not on the server") from error
            if error.code in _REASONS:
                raise Undeliverable(_REASONS[error.code]) from error
            raise _translated(error) from error
        except Exception as error:
            raise translate(error) from error


def member_role(
    client: discord.Client, sending: Sending, settings: DiscordSettings
) -> MemberRole | None:
    """What gives members their role, where the settings name one."""
    if settings.server is None or settings.member_role is None:
        return None
    return MemberRole(client, sending, server=settings.server, role=settings.member_role)


def _translated(error: discord.HTTPException) -> DeliveryError:
    found = translate(error)
    if isinstance(found, RecipientGone):
        # What ends all sending to a chat says nothing of that kind about a role.
        return Undeliverable(str(found))
    return found
