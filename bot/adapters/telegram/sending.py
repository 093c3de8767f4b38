"""Calls that send, edit and delete, each made once; errors as ``DeliveryError``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from telegram.error import TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.errors import (
    is_about_entities,
    is_about_file,
    is_missing,
    is_unchanged,
    is_without_text,
    translated,
)
from bot.adapters.telegram.render import (
    message_address,
    render_caption,
    render_edit,
    without_styling,
)
from bot.adapters.telegram.uploads import Uploads
from bot.chat.errors import Ambiguous, RateLimited, Undeliverable, Unreachable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Clock

WITHDRAWN: Final = Message(text="—")
"""What is left of a message that Telegram does not let us delete any more."""

_PART_WAIT: Final = 60.0
"""Seconds that the later parts of a message may wait for the rate, so that none is repeated."""


class Sender:
    """Nothing here retries, but for the later parts of a message that has already begun."""

    def __init__(self, api: TelegramApi, clock: Clock) -> None:
        self._api = api
        self._clock = clock
        self._uploads = Uploads()

    async def once(self, to: ConversationRef, call: Call) -> tuple[str, ...]:
        """Make one call; the ids of the messages that came of it.

        Where Telegram refuses the styling, the same text goes out plain.
        """
        with translated(to):
            try:
                result = await self._with_file(call)
            except TelegramError as error:
                if not is_about_entities(error):
                    raise
                result = await self._with_file(without_styling(call))
        return _ids(result)

    async def _with_file(self, call: Call) -> Any:
        """Upload a file only where Telegram has not got it."""
        known = self._uploads.known(call)
        if known is not None:
            try:
                return await self._api.call(known)
            except TelegramError as error:
                if not is_about_file(error):
                    raise
                self._uploads.forget(call)
        result = await self._api.call(call)
        self._uploads.learn(call, result)
        return result

    async def all(self, to: ConversationRef, calls: Sequence[Call]) -> SentMessage:
        """Make the calls in order.

        A retry of the whole would repeat the parts that have arrived. So from the second part on
        a short wait for the rate is borne here, and what else could be retried is ``Ambiguous``.
        """
        parts: list[str] = []
        for number, call in enumerate(calls):
            if number == 0:
                parts += await self.once(to, call)
            else:
                parts += await self._later(to, call)
        return SentMessage(message_id=parts[-1], parts=tuple(parts))

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Replace a text or a caption; that nothing changes is fine."""
        with translated(to):
            calls = render_edit(to, message_id, message)
        try:
            await self.once(to, calls[0])
        except Undeliverable as error:
            if is_without_text(error):
                await self._edit_caption(to, message_id, message)
                return
            if not is_unchanged(error):
                raise
        if len(calls) > 1:
            for call in calls[1:]:
                await self._later(to, call)

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """Take a message away; one that is too old (48 hours) becomes ``instead`` or a dash."""
        with translated(to):
            where = message_address(to, message_id)
        try:
            if "message_id" not in where:
                raise Undeliverable("a message posted inline cannot be deleted")
            await self.once(to, Call(method="deleteMessage", parameters=where))
        except Undeliverable as error:
            if not is_missing(error):
                await self.edit(to, message_id, instead or WITHDRAWN)

    async def _edit_caption(self, to: ConversationRef, message_id: str, message: Message) -> None:
        with translated(to):
            call = render_caption(to, message_id, message)
        try:
            await self.once(to, call)
        except Undeliverable as error:
            if not is_unchanged(error):
                raise

    async def _later(self, to: ConversationRef, call: Call) -> tuple[str, ...]:
        try:
            try:
                return await self.once(to, call)
            except RateLimited as error:
                if error.retry_after > _PART_WAIT:
                    raise
                await self._clock.sleep(error.retry_after)
                return await self.once(to, call)
        except (RateLimited, Unreachable) as error:
            raise Ambiguous("only the first parts of the message have arrived") from error


def _ids(result: Any) -> tuple[str, ...]:
    if isinstance(result, dict) and "message_id" in result:
        return (str(result["message_id"]),)
    if isinstance(result, list):
        return tuple(str(part["message_id"]) for part in result)
    return ()
