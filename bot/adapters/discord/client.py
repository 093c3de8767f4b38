"""The Discord client: which events it listens to and what each becomes."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Final

import discord
import structlog

from bot.adapters.discord.buttons import ActionButton, ActionSelect, FormButton
from bot.adapters.discord.catching_up import CatchingUp
from bot.adapters.discord.commands import AssistantTree, Localised, add_commands, sync_if_changed
from bot.adapters.discord.drafts import DraftStore, SyncState
from bot.adapters.discord.errors import delivery_errors
from bot.adapters.discord.inbound import (
    author_of,
    bot_joined,
    conversation_of,
    message_deleted,
    message_edited,
    message_received,
    person_joined,
)
from bot.adapters.discord.outlets import Outlets
from bot.adapters.discord.replaying import to_raw
from bot.adapters.discord.sending import Sending
from bot.adapters.discord.sessions import Sessions
from bot.adapters.discord.sharding import ShardedClient
from bot.adapters.discord.transport import OneShotHTTP
from bot.adapters.discord.turns import Turns
from bot.chat.catching_up import Backlog
from bot.chat.errors import DeliveryError
from bot.chat.events import Author, Event, MessageReceived
from bot.chat.ports import Clock, Courier, Inbox
from bot.chat.routes import Presentation
from bot.config import DiscordSettings

MEMBERS_REFUSED: Final = (
    "Discord does not tell the bot who comes to the server: switch on the Server Members Intent "
    "in the Discord developer portal, or set welcome_new = false."
)
_REMEMBERED: Final = 10_000
"""Messages whose author is remembered, to be able to tell of their deletion."""

_log = structlog.get_logger(__name__)


def intents(*, with_members: bool = False) -> discord.Intents:
    """What the bot listens to; only ``members`` is privileged, and asked for where it is used."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.guild_messages = True
    wanted.dm_messages = True
    wanted.members = with_members
    return wanted


class AssistantClient(ShardedClient):
    """The client, not started; ``tree`` holds its commands, ``turns`` takes what happens.

    ``turns.attach`` must be called before it starts. ``DiscordAdapter`` starts and stops it.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        presentation: Presentation,
        *,
        courier: Courier,
        inbox: Inbox,
        clock: Clock,
        drafts: DraftStore,
        sync_state: SyncState,
        backlog: Backlog | None = None,
    ) -> None:
        # There is no voice here, so discord.py need not warn that its libraries are missing.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            clock,
            intents=intents(with_members=settings.welcome_new),
            allowed_mentions=discord.AllowedMentions.none(),
            # Who comes is told of; whole lists of members are not asked for.
            chunk_guilds_at_startup=False,
        )
        # discord.py offers no way to bring a REST client of one's own; its state and, below, the
        # tree take theirs from here.
        self.transport = OneShotHTTP(
            self.loop, api_url=settings.api_url, gateway_url=settings.gateway_url
        )
        self.http = self._connection.http = self.transport
        self.sending = Sending(self)
        self.turns = Turns(
            Outlets(sending=self.sending, courier=courier, clock=clock, drafts=drafts)
        )
        self.tree = AssistantTree(self)
        add_commands(self.tree, presentation)
        self._settings = settings
        self._inbox = inbox
        self._sync_state = sync_state
        self._authors: OrderedDict[int, Author] = OrderedDict()
        self.sessions: Sessions | None = None
        self._left: set[str] = set()
        if backlog is not None:
            catching_up = CatchingUp(self, backlog, clock, hear=self.hear, tell=self.turns.message)
            self._left = catching_up.left
            self.sessions = Sessions(catching_up, backlog, clock)

    async def setup_hook(self) -> None:
        """Right after the login: take up buttons, let sends begin, tell Discord the commands."""
        self.add_dynamic_items(ActionButton, ActionSelect, FormButton)
        await self.tree.set_translator(Localised())
        self.sending.open()
        if self._settings.sync_commands:
            await sync_if_changed(self.tree, self._sync_state)

    async def on_ready(self) -> None:
        """All shards have new sessions."""
        assert self.user is not None
        _log.info("discord.ready", bot_id=self.user.id, servers=len(self.guilds))

    async def on_shard_connect(self, shard_id: int) -> None:
        """A new session, which is about to be told of its servers."""
        await super().on_shard_connect(shard_id)
        if self.sessions is not None:
            self.sessions.beginning()

    async def on_shard_ready(self, shard_id: int) -> None:
        """Every new session of a shard, also alone; not after a resumed one."""
        if self.sessions is not None:
            self.sessions.began(is_whole=self.is_whole)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Discord repeats what the session missed."""
        await super().on_shard_resumed(shard_id)
        if self.sessions is not None and self.is_whole:
            self.sessions.resumed()

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Perhaps for a second, perhaps for hours."""
        await super().on_shard_disconnect(shard_id)
        if self.sessions is not None:
            self.sessions.broke()

    async def on_message(self, message: discord.Message) -> None:
        """Store it, so that a crash does not lose it, then handle it."""
        assert self.user is not None
        event = message_received(message, self.user)
        if event is None:
            return
        try:
            await self._accept(event)
        except Exception:
            if self.sessions is not None:
                self.sessions.missed()
            raise
        await self._await_turn(event)
        await self.answer(event)

    async def hear(self, event: MessageReceived) -> None:
        """Store and handle a message that did not come live."""
        await self._accept(event)
        await self.answer(event)

    async def take_up(self, event: MessageReceived) -> None:
        """Handle what an earlier process kept: in its place among what was missed."""
        self._left.add(event.id)
        try:
            await self._await_turn(event)
            await self.answer(event)
        finally:
            self._left.discard(event.id)

    async def answer(self, event: MessageReceived) -> None:
        """Handle a message that the inbox has, and note that it is answered."""
        await self.turns.message(event)
        await asyncio.shield(self._inbox.answered("discord", event.id))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A person changed a message that the bot can read."""
        assert self.user is not None
        event = message_edited(payload.message, self.user)
        if event is not None:
            await self._await_turn(event)
            await self.turns.message(event)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """A message that the bot had heard is gone; who wrote it must be known to tell of it."""
        is_private = payload.guild_id is None
        author = self._authors.pop(payload.message_id, None)
        if author is None and is_private:
            author = await self._recipient_of(payload)
        if author is None:
            return
        conversation = conversation_of(payload.channel_id, is_private=is_private)
        event = message_deleted(payload.message_id, conversation, author, self._clock.now())
        await self._await_turn(event)
        await self.turns.message(event)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was let into a server: told in the channel where Discord greets people."""
        assert self.user is not None
        channels = [guild.system_channel, *guild.text_channels]
        for channel in channels:
            if channel is not None and channel.permissions_for(guild.me).send_messages:
                event = bot_joined(guild, channel.id, self.user, self._clock.now())
                await self.turns.message(event)
                return

    async def on_member_join(self, member: discord.Member) -> None:
        """A person came to the network's server; told where people are greeted."""
        channel = self._settings.welcome_channel
        if channel is None or member.bot or member.guild.id != self._settings.server:
            return
        event = person_joined(member, channel, self._clock.now())
        await self.turns.message(event)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Modals; commands and components have their own ways in.

        discord.py knows only modals that it keeps in memory, ours work after a restart as well.
        """
        if interaction.type is discord.InteractionType.modal_submit:
            await self.turns.submit(interaction)

    async def on_error(self, event_method: str, /, *args: object, **kwargs: object) -> None:
        """A listener failed: said with a traceback and without what was written."""
        _log.exception("discord.listener_failed", listener=event_method)

    async def _accept(self, event: MessageReceived) -> None:
        self._remember(int(event.id), event.author)
        await self._inbox.accept("discord", [(event.id, to_raw(event))])

    async def _await_turn(self, event: Event) -> None:
        """What was said in the same place while nobody listened goes first."""
        if self.sessions is not None:
            await self.sessions.before(event)

    def _remember(self, message_id: int, author: Author) -> None:
        self._authors[message_id] = author
        while len(self._authors) > _REMEMBERED:
            self._authors.popitem(last=False)

    async def _recipient_of(self, payload: discord.RawMessageDeleteEvent) -> Author | None:
        """Who a direct message channel is with, unless it was the bot's own message."""
        assert self.user is not None
        cached = payload.cached_message
        if cached is not None:
            return None if cached.author.id == self.user.id else author_of(cached.author)
        try:
            with delivery_errors():
                channel = await self.fetch_channel(payload.channel_id)
        except DeliveryError:
            return None
        recipient = channel.recipient if isinstance(channel, discord.DMChannel) else None
        return None if recipient is None else author_of(recipient)
