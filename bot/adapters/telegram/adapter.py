"""The Telegram adapter: its life from the first ``getMe`` to a clean stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final

import structlog

from bot.adapters.telegram import marking, threads
from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.errors import translated
from bot.adapters.telegram.inbound import Inbound
from bot.adapters.telegram.incoming import BotIdentity
from bot.adapters.telegram.intake import Intake, Moved
from bot.adapters.telegram.menus import Menus
from bot.adapters.telegram.patience import call_until_answered
from bot.adapters.telegram.polling import LONG_POLL, Poller
from bot.adapters.telegram.render import ATTACHMENT_LIMIT, render
from bot.adapters.telegram.responding import Responder
from bot.adapters.telegram.sending import Sender
from bot.adapters.telegram.styling import TEXT_LIMIT
from bot.adapters.telegram.webhook import Webhook
from bot.chat.errors import StartupError
from bot.chat.events import ConversationRef, Platform
from bot.chat.marks import Mark
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Capabilities, Clock, Courier, Inbox, WebhookHost
from bot.chat.routes import Presentation
from bot.chat.turn import Dispatch
from bot.config import TelegramSettings

_log = structlog.get_logger(__name__)

CANCEL: Final = "cancel"
"""Ends a form; the core takes it before any handler, so that no menu shows it."""

_GRACE: Final = 10.0
"""Seconds that answers under way may take once the bot is told to stop."""


class TelegramAdapter:
    """Implements ``bot.chat.ports.Adapter``.

    ``on_moved`` is told (old, new) when a group became a supergroup; it may be told twice.
    ``host`` is the web server for ``mode = "webhook"``; it runs beside this adapter.
    Raises ``StartupError`` where there is no token, or no host for the webhook.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        courier: Courier,
        inbox: Inbox,
        clock: Clock,
        presentation: Presentation,
        on_moved: Moved | None = None,
        long_poll: int = LONG_POLL,
        host: WebhookHost | None = None,
    ) -> None:
        if settings.token is None:
            raise StartupError(
                "Telegram needs a bot token: set INSOP_TELEGRAM_TOKEN or telegram.token_file."
            )
        self._settings = settings
        self._courier = courier
        self._inbox = inbox
        self._clock = clock
        self._presentation = presentation
        self._on_moved = on_moved or _unheeded
        self._long_poll = long_poll
        self._api = TelegramApi(settings, settings.token.get_secret_value())
        self._sender = Sender(self._api, clock)
        self._intake: Intake | None = None
        self._webhook: Webhook | None = None
        if settings.mode == "webhook":
            if host is None:
                raise StartupError("The Telegram webhook needs the web server: set [web] port.")
            self._webhook = Webhook(self._api, clock, settings, host)

    @property
    def platform(self) -> Platform:
        """Always "telegram"."""
        return "telegram"

    @property
    def capabilities(self) -> Capabilities:
        """Lengths in UTF-16 units; a personal message goes to the private chat."""
        return Capabilities(
            has_forms=False,
            has_ephemeral=False,
            can_edit=True,
            can_delete=True,
            text_limit=TEXT_LIMIT,
            attachment_limit=ATTACHMENT_LIMIT,
        )

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Receive and answer until ``stop`` is set, then let what has begun finish.

        Waits out a network that is away. Raises ``StartupError`` where Telegram refuses the
        token, at any time, or the webhook.
        """
        await self._api.open_pools()
        receiving = asyncio.create_task(self._receive(dispatch), name="telegram.receive")
        stopping = asyncio.create_task(stop.wait(), name="telegram.stop")
        try:
            await asyncio.wait({receiving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if receiving.done():
                receiving.result()
        finally:
            for task in (receiving, stopping):
                task.cancel()
            await asyncio.gather(receiving, stopping, return_exceptions=True)
            await self._api.close_pools()

    async def stand_ready(self, stop: asyncio.Event) -> None:
        """Be able to send until ``stop``, and receive nothing; raises as ``run`` does."""
        await self._api.open_pools()
        asking = asyncio.create_task(self._identify(), name="telegram.identify")
        stopping = asyncio.create_task(stop.wait(), name="telegram.stop")
        try:
            await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()
                await stopping
        finally:
            for task in (asking, stopping):
                task.cancel()
            await asyncio.gather(asking, stopping, return_exceptions=True)
            await self._api.close_pools()

    async def replay(self) -> None:
        """Take up what the inbox has pending by now; before the first answer of Telegram, nothing.

        For an inbox that gateways share: updates of one that died come to the others.
        """
        if self._intake is not None:
            await self._intake.replay()

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Send once. Telegram knows no nonce, so a repeat after ``Ambiguous`` may be a second."""
        with translated(to):
            calls = render(to, message)
        return await self._sender.all(to, calls)

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Replace a sent text or caption, not its files; that nothing changes is fine."""
        await self._sender.edit(to, message_id, replace(message, attachments=()))

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """Take a message away; after 48 hours ``instead``, or a dash, is all that can be done."""
        await self._sender.delete(to, message_id, instead=instead)

    async def open_thread(self, desk: ConversationRef, title: str) -> ConversationRef | None:
        """A topic; None where the group is no forum, or the bot may not manage its topics."""
        return await threads.open_topic(self._api, desk, title)

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        """Rename a topic, and close it or open it again."""
        await threads.change_topic(self._api, thread, title, is_closed=is_closed)

    async def mark(
        self, where: ConversationRef, message_id: str, mark: Mark, *, instead_of: Mark | None
    ) -> None:
        """A reaction; Telegram takes an earlier one away by itself."""
        await marking.react(self._api, where, message_id, mark)

    async def download(self, to: ConversationRef, handle: str) -> bytes:
        """The bytes of an ``IncomingFile`` of ``to`` (at most 20 MB); raises ``DeliveryError``."""
        with translated(to):
            return await self._api.download(handle)

    async def _receive(self, dispatch: Dispatch) -> None:
        identity = await self._identify()
        responder = Responder(
            api=self._api,
            sender=self._sender,
            courier=self._courier,
            dispatch=dispatch,
            on_moved=self._on_moved,
            identity=identity,
            ask_admins=self._presentation.ask_admins,
        )
        commands = [CANCEL, *(spec.name for spec in self._presentation.commands)]
        intake = Intake(
            inbound=Inbound(identity, commands, self._clock, desk_chat=self._settings.desk_chat),
            inbox=self._inbox,
            answer=responder.answer,
            on_moved=self._on_moved,
        )
        menus = asyncio.create_task(self._show_menus(), name="telegram.menus")
        try:
            await intake.replay()
            self._intake = intake
            if self._webhook is not None:
                await self._webhook.run(intake)
            else:
                await self._poller(intake).run()
        finally:
            self._intake = None
            menus.cancel()
            await asyncio.gather(menus, return_exceptions=True)
            await intake.drain(_GRACE)

    def _poller(self, intake: Intake) -> Poller:
        return Poller(
            self._api,
            intake,
            self._clock,
            quiet_after=self._settings.quiet_after,
            long_poll=self._long_poll,
        )

    async def _identify(self) -> BotIdentity:
        me = await call_until_answered(self._api, Call(method="getMe"), self._clock)
        _log.info("telegram.ready", bot=me["id"], mode=self._settings.mode)
        return BotIdentity(id=int(me["id"]), username=str(me.get("username", "")))

    async def _show_menus(self) -> None:
        if self._settings.set_commands:
            desk = self._settings.desk_chat
            await Menus(self._api, self._presentation, desk_chat=desk).synchronise()


async def _unheeded(old: ConversationRef, new: ConversationRef) -> None:
    _log.warning("telegram.chat.moved", old=old.chat_id, new=new.chat_id)
