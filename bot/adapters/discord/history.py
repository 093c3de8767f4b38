"""What stands in a channel, read back; raises what discord.py raises.

Source: https://docs.discord.com/developers/resources/message#get-channel-messages
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

import discord

from bot.adapters.discord.errors import UNKNOWN_MESSAGE
from bot.chat.events import ACCOUNT_MARK, ConversationRef

PAGE: Final = 100
"""Messages of one request, the most that Discord gives."""

Readable = discord.DMChannel | discord.TextChannel | discord.Thread


class NotKnownYet(Exception):
    """The server has not told of itself yet, so nobody can say what may be read."""


async def open_place(client: discord.Client, where: ConversationRef) -> Readable | None:
    """Its channel; None where it is another kind of place than ``where`` says."""
    if where.chat_id.startswith(ACCOUNT_MARK):
        return await client.create_dm(discord.Object(int(where.chat_id[len(ACCOUNT_MARK) :])))
    if not where.chat_id.isdecimal():
        return None
    number = int(where.chat_id)
    channel = client.get_channel(number) or await client.fetch_channel(number)
    if not isinstance(channel, Readable):
        return None
    return channel if isinstance(channel, discord.DMChannel) == where.is_private else None


def may_read(channel: Readable) -> bool:
    """Without the right Discord answers as if nothing had been said; raises ``NotKnownYet``."""
    if isinstance(channel, discord.DMChannel):
        return True
    me: discord.Member | None = channel.guild.me
    if me is None or (isinstance(channel, discord.Thread) and channel.parent is None):
        raise NotKnownYet
    rights = channel.permissions_for(me)
    return rights.view_channel and rights.read_message_history


async def pages_after(
    channel: Readable, after: int, most: int
) -> AsyncIterator[list[discord.Message]]:
    """Messages younger than the number ``after``, oldest first, in at most so many requests."""
    for _ in range(most):
        found = channel.history(limit=PAGE, after=discord.Object(after), oldest_first=True)
        page = [message async for message in found]
        yield page
        if len(page) < PAGE:
            return
        after = page[-1].id


async def page_before(channel: Readable, before: int) -> list[discord.Message]:
    """The last messages before the number ``before``, the youngest first."""
    found = channel.history(limit=PAGE, before=discord.Object(before), oldest_first=False)
    return [message async for message in found]


async def is_deleted(channel: Readable, ref: str) -> bool:
    """Whether a message is no more."""
    try:
        await channel.fetch_message(int(ref))
    except discord.NotFound as error:
        if error.code != UNKNOWN_MESSAGE:
            raise
        return True
    return False


def number_at(moment: datetime) -> int:
    """The lowest number that a message of this moment can have.

    https://docs.discord.com/developers/reference#snowflakes
    """
    return discord.utils.time_snowflake(moment)
