"""The Discord adapter: logs in, receives until it is told to stop, sends."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

import discord
import structlog
from discord.webhook.async_ import async_context

from bot.adapters.discord.client import MEMBERS_REFUSED, AssistantClient
from bot.adapters.discord.drafts import DraftStore, MemoryDrafts, MemorySyncState, SyncState
from bot.adapters.discord.finding import SentFinding
from bot.adapters.discord.logging_in import LOGIN_TRIES, TOKEN_REFUSED, log_in
from bot.adapters.discord.replaying import from_raw
from bot.adapters.discord.roles import member_role
from bot.adapters.discord.sharding import IDENTIFY_PAUSE
from bot.adapters.discord.threads import ThreadMaking
from bot.adapters.discord.transport import OneShotWebhooks
from bot.chat.catching_up import Backlog
from bot.chat.errors import StartupError, Undeliverable
from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Capabilities, Clock, Courier, Inbox
from bot.chat.routes import Presentation
from bot.chat.turn import Dispatch
from bot.config import DiscordSettings

LONGEST_PAUSE: Final = 300.0
"""Seconds at most before a connection that failed is begun anew."""

_CAPABILITIES: Final = Capabilities(
    has_forms=True,
    has_ephemeral=True,
    can_edit=True,
    can_delete=True,
    text_limit=4096,
    attachment_limit=10 * 1024 * 1024,
)
_BAD_TOKEN: Final = 4004
"""Gateway close code; https://docs.discord.com/developers/topics/opcodes-and-status-codes"""

_log = structlog.get_logger(__name__)


class DiscordAdapter(ThreadMaking, SentFinding):
    """``bot.chat.ports.Adapter`` for Discord; can be run once.

    ``login_tries`` None waits for a network that is away for as long as that takes.
    ``drafts`` keeps forms of more than five questions while they are filled in, and
    ``sync_state`` what commands Discord has; without them both last as long as the process.
    ``backlog`` tells what to catch up with after a time away; without it nothing is.
    """

    def __init__(
        self,
        settings: DiscordSettings,
        presentation: Presentation,
        *,
        courier: Courier,
        inbox: Inbox,
        clock: Clock,
        drafts: DraftStore | None = None,
        sync_state: SyncState | None = None,
        backlog: Backlog | None = None,
        login_tries: int | None = LOGIN_TRIES,
    ) -> None:
        self._login_tries = login_tries
        self._settings = settings
        self._inbox = inbox
        self._clock = clock
        self.client = AssistantClient(
            settings,
            presentation,
            courier=courier,
            inbox=inbox,
            clock=clock,
            drafts=drafts or MemoryDrafts(),
            sync_state=sync_state or MemorySyncState(),
            backlog=backlog,
        )
        self.badges = member_role(self.client, self.client.sending, settings)

    @property
    def platform(self) -> Platform:
        """Always ``discord``."""
        return "discord"

    @property
    def capabilities(self) -> Capabilities:
        """What Discord can do; its files are limited to 10 MiB without a boosted server."""
        return _CAPABILITIES

    def attach(self, dispatch: Dispatch) -> None:
        """Tell events to ``dispatch``; ``run`` does so itself."""
        self.client.turns.attach(dispatch)

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Receive until ``stop`` is set; raises ``StartupError`` in one plain sentence.

        discord.py reconnects and resumes on its own; what it cannot mend (a token taken back
        while running) is a ``StartupError`` as well.
        """
        self.attach(dispatch)
        _quieten()
        # Answers to interactions go out in tasks made from here on, which inherit this.
        context = async_context.set(OneShotWebhooks(self._settings.api_url))
        stopping = asyncio.ensure_future(stop.wait())
        sessions = self.client.sessions
        catching_up = asyncio.ensure_future(sessions.run()) if sessions is not None else None
        try:
            if await self._login(stopping):
                await self.replay()
                await self._receive(stopping)
        finally:
            stopping.cancel()
            if catching_up is not None:
                catching_up.cancel()
                await asyncio.gather(catching_up, return_exceptions=True)
            await self.client.turns.drain()
            await self.client.close()
            async_context.reset(context)

    async def stand_ready(self, stop: asyncio.Event) -> None:
        """Log in to send until ``stop``, and receive nothing; raises as ``run`` does."""
        _quieten()
        stopping = asyncio.ensure_future(stop.wait())
        try:
            if await self._login(stopping):
                await stopping
        finally:
            stopping.cancel()
            await self.client.close()

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """See ``bot.chat.ports.Adapter``; before the login it waits a few seconds for it.

        An ephemeral message is sent like any other: only an answer to a command or press can be
        for one person's eyes.
        """
        return await self.client.sending.send(to, message, nonce=nonce)

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """See ``bot.chat.ports.Adapter``."""
        await self.client.sending.edit(to, message_id, message)

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """See ``bot.chat.ports.Adapter``; a message that is gone already is no error."""
        try:
            await self.client.sending.delete(to, message_id)
        except Undeliverable:
            if instead is None:
                raise
            await self.client.sending.edit(to, message_id, instead)

    def has_followers(self, where: ConversationRef) -> bool | None:
        """Whether this is an announcement channel; None while the channels are not known."""
        if not self.client.is_ready():
            return None
        channel = self.client.get_channel(int(where.chat_id)) if where.chat_id.isdecimal() else None
        return isinstance(channel, discord.TextChannel) and channel.is_news()

    async def publish(self, to: ConversationRef, message_id: str) -> None:
        """Publish a message of an announcement channel; once more is no error."""
        await self.client.sending.publish(to, message_id)

    async def download(self, to: ConversationRef, handle: str) -> bytes:
        """The bytes of an ``IncomingFile`` of ``to``; raises ``DeliveryError``."""
        return await self.client.sending.download(handle)

    async def _login(self, stopping: asyncio.Future[Any]) -> bool:
        """Log in; False where ``stopping`` came first."""
        return await log_in(
            self.client,
            self._settings,
            tries=self._login_tries,
            pause=lambda seconds: self._pause(seconds, stopping),
            is_over=stopping.done,
        )

    async def _pause(self, seconds: float, stopping: asyncio.Future[Any]) -> None:
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        waiting: set[asyncio.Future[Any]] = {timer, stopping}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()

    async def replay(self) -> None:
        """Take up messages that were stored before a crash and never handled."""
        for raw in await self._inbox.pending("discord"):
            try:
                event = from_raw(raw)
            except (ValueError, KeyError, TypeError):
                _log.warning("discord.unreadable_backlog")
                continue
            self.client.turns.follow(self.client.take_up(event))

    async def _receive(self, stopping: asyncio.Future[Any]) -> None:
        """Stay connected until ``stopping``."""
        failures = 0
        while not (stopping.done() or self.client.is_closed()):
            began = self._clock.monotonic()
            try:
                await self._connect(stopping)
            except StartupError:
                raise
            except Exception as error:
                if self.client.is_closed():
                    # discord.py closes itself where it sees no way on: only a new client helps.
                    raise StartupError("The connection to Discord broke; see the log.") from error
                is_new = self._clock.monotonic() - began > LONGEST_PAUSE
                failures = 1 if is_new else failures + 1
                wait = min(IDENTIFY_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
                _log.exception("discord.connection_failed", seconds=wait)
                await self._pause(wait, stopping)

    async def _connect(self, stopping: asyncio.Future[Any]) -> None:
        """One run of discord.py's own loop, which reconnects and resumes."""
        connection = asyncio.ensure_future(self.client.connect(reconnect=True))
        waiting: set[asyncio.Future[Any]] = {connection, stopping}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                connection.result()
        except discord.PrivilegedIntentsRequired as error:
            raise StartupError(MEMBERS_REFUSED) from error
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise StartupError(TOKEN_REFUSED) from error
            raise StartupError(f"Discord closed the gateway with code {error.code}.") from error
        finally:
            await self.client.hang_up(connection)


def build_client(
    settings: DiscordSettings,
    presentation: Presentation,
    dispatch: Dispatch,
    *,
    courier: Courier,
    inbox: Inbox,
    clock: Clock,
    drafts: DraftStore | None = None,
    sync_state: SyncState | None = None,
) -> AssistantClient:
    """The client alone, not started, telling events to ``dispatch``; its commands are ``tree``."""
    adapter = DiscordAdapter(
        settings,
        presentation,
        courier=courier,
        inbox=inbox,
        clock=clock,
        drafts=drafts,
        sync_state=sync_state,
    )
    adapter.attach(dispatch)
    return adapter.client


def _quieten() -> None:
    """discord.py's debug log holds what people write, so it is never turned on."""
    library = logging.getLogger("discord")
    if library.getEffectiveLevel() < logging.INFO:
        library.setLevel(logging.INFO)
