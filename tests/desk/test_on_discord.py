"""Threads of a text channel on Discord, in simcord."""

from __future__ import annotations

import pytest

from bot.adapters.discord import threads
from bot.chat.errors import DeliveryError
from bot.chat.events import ConversationRef
from tests.discord.conftest import *  # noqa: F403 - the world of the Discord tests
from tests.discord.world import World


async def test_a_thread_is_opened_renamed_closed_and_found_gone(world: World) -> None:
    client = world.env.bot
    desk = ConversationRef(platform="discord", chat_id=str(world.channel.id), is_private=False)
    made = await threads._open(client, desk, "#1 " + "x" * 200)
    assert made is not None
    assert made.chat_id != desk.chat_id
    await threads._change(client, made, "✅ #1 done", is_closed=True)
    thread = await client.fetch_channel(int(made.chat_id))
    assert thread.name == "✅ #1 done"
    assert thread.archived
    await threads._change(client, made, "💬 #1 again", is_closed=False)
    assert not (await client.fetch_channel(int(made.chat_id))).archived
    await (await client.fetch_channel(int(made.chat_id))).delete()
    with pytest.raises(DeliveryError):
        await threads._change(client, made, "#1", is_closed=False)
