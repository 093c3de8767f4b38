"""One server with people in it, made in simcord."""

from __future__ import annotations

from typing import Any

import discord
import simcord

from bot.chat.events import Event
from tests.discord.doubles import ScriptedCore


class World:
    """``ana`` and ``ben`` share a server with the bot; ``channel`` is where they talk."""

    def __init__(self, env: simcord.Env, core: ScriptedCore) -> None:
        self.env = env
        self.core = core
        self.expected: tuple[type[BaseException], ...] = ()
        """Errors that discord.py raises by design in this test; simcord notes them all."""
        self.guild = env.create_guild("Soil people")
        self.channel = self.guild.create_text_channel("general")
        self.ana = self.guild.add_member(env.create_user("ana", global_name="Ana"))
        self.ben = self.guild.add_member(env.create_user("ben", global_name="Ben"))

    @property
    def bot_mention(self) -> str:
        assert self.env.bot.user is not None
        return self.env.bot.user.mention

    @property
    def event(self) -> Event:
        """The newest event that the core was told."""
        return self.core.events[-1]

    def requests(self, method: str, path: str) -> list[dict[str, Any]]:
        """Bodies of the requests that the bot made to paths with ``path`` in them."""
        return [
            entry.json or {}
            for entry in self.env.http_requests
            if entry.method == method and path in entry.path
        ]

    async def thread(self, name: str) -> simcord.ChannelHandle:
        """A new thread of the channel."""
        channel: Any = self.env.bot.get_channel(self.channel.id)
        await channel.create_thread(name=name, type=discord.ChannelType.public_thread)
        await self.env.settle()
        return self.channel.threads[-1]
