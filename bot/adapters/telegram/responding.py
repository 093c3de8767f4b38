"""From the core's replies to calls: each at once, on the interactive lane, in its place.

What Telegram has no means for is replaced as follows:

- A personal (``is_ephemeral``) message in a group goes to the asker's private chat. Where they
  have never opened it, a wordless lock with a link to the bot stands in the group instead; the
  text itself is never shown to others.
- A message that cannot be edited any more is sent anew; one that cannot be deleted becomes a dash.
- A notice without a button press, or too long for a toast, is an ordinary message.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

import structlog
from telegram.error import TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.errors import translated
from bot.adapters.telegram.incoming import BotIdentity, Incoming
from bot.adapters.telegram.intake import Moved
from bot.adapters.telegram.render import (
    INLINE_LIMIT,
    INLINE_PREFIX,
    NOTICE_LIMIT,
    render,
    render_result,
)
from bot.adapters.telegram.rights import with_rights
from bot.adapters.telegram.sending import Sender
from bot.chat.errors import (
    ChatError,
    ConversationMoved,
    DeliveryError,
    RecipientGone,
    Undeliverable,
)
from bot.chat.events import ConversationRef
from bot.chat.forms import Form
from bot.chat.markup import escape, utf16_length
from bot.chat.messages import Delete, Edit, InlineResults, LinkButton, Message, Notice
from bot.chat.ports import Courier, Lane
from bot.chat.turn import Dispatch, Single

_log = structlog.get_logger(__name__)

_INLINE_CACHE: Final = 10
"""Seconds that Telegram may answer the same inline query of the same person by itself."""


class Responder:
    """Answers one update at a time; never raises a ``DeliveryError``."""

    def __init__(
        self,
        *,
        api: TelegramApi,
        sender: Sender,
        courier: Courier,
        dispatch: Dispatch,
        on_moved: Moved,
        identity: BotIdentity,
        ask_admins: Collection[str] = (),
    ) -> None:
        self._api = api
        self._ask_admins = ask_admins
        self._sender = sender
        self._courier = courier
        self._dispatch = dispatch
        self._on_moved = on_moved
        self._identity = identity

    async def answer(self, incoming: Incoming) -> None:
        """Have the event handled, and carry the replies out in order."""
        event = await with_rights(self._api, incoming.event, self._ask_admins)
        reply = await self._dispatch(event)
        singles: tuple[Single, ...]
        singles = () if reply is None else reply if isinstance(reply, tuple) else (reply,)
        if incoming.inline_id is not None:
            await self._answer_query(incoming.inline_id, singles)
            return
        if incoming.callback_id is not None:
            singles = await self._answer_press(incoming.callback_id, singles)
        for single in singles:
            try:
                await self._carry_out(incoming, single)
            except (DeliveryError, ChatError) as error:
                _log.warning(
                    "telegram.reply.failed",
                    update=incoming.event.id,
                    reply=type(single).__name__,
                    error=type(error).__name__,
                )

    async def _carry_out(self, incoming: Incoming, single: Single) -> None:
        match single:
            case Message():
                await self._say(incoming, single)
            case Notice():
                await self._say(incoming, Message(text=escape(single.text), is_ephemeral=True))
            case Edit():
                await self._edit(incoming, single)
            case Delete():
                await self._delete(incoming)
            case Form() | InlineResults():
                raise ChatError(f"Telegram has no place for a {type(single).__name__}")

    async def _say(self, incoming: Incoming, message: Message) -> None:
        to = incoming.event.conversation
        if not message.is_ephemeral or to.is_private:
            await self._deliver(to, lambda at: render(at, message, quoting=incoming.quotes))
            return
        private = ConversationRef(platform="telegram", chat_id=incoming.event.author.id)
        try:
            if private.chat_id.startswith("-"):
                raise RecipientGone("a group or channel speaks here, not a person")
            await self._deliver(private, lambda at: render(at, message))
        except RecipientGone:
            pointer = self._pointer()
            await self._deliver(to, lambda at: render(at, pointer, quoting=incoming.quotes))

    def _pointer(self) -> Message:
        name = self._identity.username
        button = LinkButton(label=f"@{name}", url=f"https://t.me/{name}?start=private")
        return Message(text="🔒", rows=((button,),))

    async def _edit(self, incoming: Incoming, edit: Edit) -> None:
        to, message_id = incoming.event.conversation, edit.message_id or incoming.pressed
        if message_id is None:
            await self._say(incoming, edit.message)
            return
        try:
            await self._courier.carry(
                to,
                lambda: self._sender.edit(to, message_id, edit.message),
                lane=Lane.INTERACTIVE,
            )
        except Undeliverable:
            if message_id.startswith(INLINE_PREFIX):
                raise
            await self._say(incoming, edit.message)

    async def _delete(self, incoming: Incoming) -> None:
        to, message_id = incoming.event.conversation, incoming.pressed
        if message_id is None:
            raise ChatError("there is no message to delete")
        await self._courier.carry(
            to, lambda: self._sender.delete(to, message_id), lane=Lane.INTERACTIVE
        )

    async def _deliver(
        self, to: ConversationRef, draw: Callable[[ConversationRef], list[Call]]
    ) -> None:
        """Each call on its own, so that a retry repeats none that has arrived."""
        done = 0
        with translated(to):
            calls = draw(to)
        try:
            for call in calls:
                await self._carry(to, call)
                done += 1
        except ConversationMoved as moved:
            await self._on_moved(to, moved.to)
            for call in draw(moved.to)[done:]:
                await self._carry(moved.to, call)

    async def _carry(self, to: ConversationRef, call: Call) -> None:
        await self._courier.carry(to, lambda: self._sender.once(to, call), lane=Lane.INTERACTIVE)

    async def _answer_press(
        self, callback_id: str, singles: tuple[Single, ...]
    ) -> tuple[Single, ...]:
        """Stop the button's waiting sign, with the first short notice as a toast.

        Returns what is left to do. A press is answered once; one that is too old is let be.
        """
        toast = next(
            (
                single
                for single in singles
                if isinstance(single, Notice) and 0 < utf16_length(single.text) <= NOTICE_LIMIT
            ),
            None,
        )
        parameters = {"callback_query_id": callback_id, "text": toast.text if toast else None}
        try:
            await self._api.call(Call(method="answerCallbackQuery", parameters=parameters))
        except TelegramError as error:
            _log.info("telegram.press.unanswered", error=type(error).__name__)
        return tuple(single for single in singles if single is not toast)

    async def _answer_query(self, inline_id: str, singles: tuple[Single, ...]) -> None:
        found = [
            result
            for single in singles
            if isinstance(single, InlineResults)
            for result in single.results
        ]
        try:
            drawn = [part for part in map(render_result, found) if part is not None]
            parameters = {
                "inline_query_id": inline_id,
                "results": drawn[:INLINE_LIMIT],
                "cache_time": _INLINE_CACHE,
                "is_personal": True,
            }
            await self._api.call(Call(method="answerInlineQuery", parameters=parameters))
        except (TelegramError, ChatError) as error:
            _log.info("telegram.query.unanswered", error=type(error).__name__)
