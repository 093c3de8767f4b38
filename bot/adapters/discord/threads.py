"""A thread for each question: a post in a forum, a thread of a text channel."""

from __future__ import annotations

from typing import Final

import discord

from bot.adapters.discord.errors import delivery_errors
from bot.adapters.discord.inbound import conversation_of
from bot.adapters.discord.marking import ReactionMaking
from bot.chat.errors import Undeliverable
from bot.chat.events import ConversationRef

TITLE_LIMIT: Final = 100
"""https://docs.discord.com/developers/resources/channel#start-thread-without-message"""
_WEEK: Final = 10080
"""Minutes without a word after which Discord hides a thread; any message brings it back."""


class ThreadMaking(ReactionMaking):
    """The part of the adapter that is ``bot.chat.ports.ThreadKeeper``; its base is ``Marker``."""

    async def open_thread(self, desk: ConversationRef, title: str) -> ConversationRef | None:
        """In a forum it is a post."""
        return await _open(self.client, desk, title)

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        """A closed one is archived."""
        await _change(self.client, thread, title, is_closed=is_closed)


async def _open(
    client: discord.Client, desk: ConversationRef, title: str
) -> ConversationRef | None:
    """A new thread; None where the channel can have none, or the bot may not make any."""
    name = title[:TITLE_LIMIT]
    with delivery_errors():
        channel = await client.fetch_channel(_number(desk.chat_id))
        try:
            if isinstance(channel, discord.ForumChannel):
                post = await channel.create_thread(
                    name=name,
                    content=name,
                    auto_archive_duration=_WEEK,
                    allowed_mentions=discord.AllowedMentions.none(),
                )
                return conversation_of(post.thread.id, is_private=False)
            if isinstance(channel, discord.TextChannel):
                thread = await channel.create_thread(
                    name=name,
                    type=discord.ChannelType.public_thread,
                    auto_archive_duration=_WEEK,
                )
                return conversation_of(thread.id, is_private=False)
        except discord.Forbidden:
            return None
    return None


async def _change(
    client: discord.Client, where: ConversationRef, title: str, *, is_closed: bool
) -> None:
    """Rename it, and archive it or bring it back."""
    with delivery_errors():
        thread = await client.fetch_channel(_number(where.chat_id))
        if not isinstance(thread, discord.Thread):
            raise Undeliverable("not a thread")
        name = title[:TITLE_LIMIT]
        if thread.archived:
            # Discord changes nothing of an archived thread but that.
            thread = await thread.edit(archived=False)
        if thread.name != name:
            thread = await thread.edit(name=name)
        if is_closed:
            await thread.edit(archived=True)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise Undeliverable(f"{text!r} is not an id of Discord")
    return int(text)
