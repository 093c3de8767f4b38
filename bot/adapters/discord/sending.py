"""Sends, edits and deletes in channels, threads and direct messages."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Final

import discord

from bot.adapters.discord.errors import ALREADY_PUBLISHED, UNKNOWN_MESSAGE, delivery_errors
from bot.adapters.discord.finding import Others, find_sent
from bot.adapters.discord.inbound import conversation_of
from bot.adapters.discord.render import Payload, render, render_one
from bot.chat.errors import Undeliverable, Unreachable
from bot.chat.events import ACCOUNT_MARK, ConversationRef
from bot.chat.messages import Message, SentMessage

LOGIN_PATIENCE: Final = 10.0
"""Seconds that a send waits for the login at start-up."""

_NONCE_LIMIT: Final = 25
"""Characters; https://docs.discord.com/developers/resources/message#create-message"""


class Sending:
    """What can be done without an interaction; raises ``DeliveryError`` and nothing else."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._logged_in = asyncio.Event()

    def open(self) -> None:
        """The client has logged in: sends need not wait any more."""
        self._logged_in.set()

    async def send(
        self,
        to: ConversationRef,
        message: Message,
        *,
        nonce: str | None = None,
        quoting: str | None = None,
    ) -> SentMessage:
        """Send, as an answer to the message ``quoting`` where that still exists.

        With a ``nonce`` Discord returns the message that it has already instead of making
        another one, for a few minutes (discord.py sets ``enforce_nonce`` along with it).
        """
        with delivery_errors():
            payloads = render(message)
        return await self.send_payloads(to, payloads, nonce=nonce, quoting=quoting)

    async def send_payloads(
        self,
        to: ConversationRef,
        payloads: tuple[Payload, ...],
        *,
        nonce: str | None = None,
        quoting: str | None = None,
    ) -> SentMessage:
        """Send what is rendered already; see ``send``."""
        channel = await self._channel(to)
        parts: list[str] = []
        for number, payload in enumerate(payloads):
            wanted = payload.for_sending()
            if nonce is not None:
                wanted["nonce"] = _part_nonce(nonce, number, len(payloads))
            if quoting is not None and number == 0:
                wanted["reference"] = discord.MessageReference(
                    message_id=int(quoting), channel_id=channel.id, fail_if_not_exists=False
                )
                wanted["mention_author"] = False
            with delivery_errors():
                sent = await channel.send(**wanted)
            parts.append(str(sent.id))
        return SentMessage(message_id=parts[-1], parts=tuple(parts))

    async def find_sent(
        self, to: ConversationRef, message: Message | None, since: datetime, others: Others
    ) -> SentMessage | None:
        """See ``finding``; ``message`` is None where its words are not known."""
        with delivery_errors():
            payloads = None if message is None else render(message)
        channel = await self._channel(to)
        if self._client.user is None:
            raise Unreachable("Discord is not connected")
        with delivery_errors():
            return await find_sent(
                channel, self._client.user.id, payloads, since, others, is_private=to.is_private
            )

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Replace a message; an overlong text is cut, since an edit cannot add messages."""
        channel = await self._channel(to)
        with delivery_errors():
            target = channel.get_partial_message(_snowflake(message_id))
            await target.edit(**render_one(message).for_editing())

    async def delete(self, to: ConversationRef, message_id: str) -> None:
        """Take a message away; fine where it is gone already."""
        channel = await self._channel(to)
        with delivery_errors():
            try:
                await channel.get_partial_message(_snowflake(message_id)).delete()
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise

    async def publish(self, to: ConversationRef, message_id: str) -> None:
        """Send a message of an announcement channel on to those who follow it."""
        await self.wait()
        with delivery_errors():
            try:
                await self._client.http.publish_message(
                    _snowflake(to.chat_id), _snowflake(message_id)
                )
            except discord.HTTPException as error:
                if error.code != ALREADY_PUBLISHED:
                    raise

    async def download(self, url: str) -> bytes:
        """The bytes of a file that somebody sent, by its address at Discord."""
        await self.wait()
        with delivery_errors():
            return await self._client.http.get_from_cdn(url)

    async def private(self, user_id: str) -> ConversationRef:
        """The direct message channel with somebody, opened where there is none yet."""
        await self.wait()
        with delivery_errors():
            channel = await self._client.create_dm(discord.Object(_snowflake(user_id)))
        return conversation_of(channel.id, is_private=True)

    async def _channel(self, to: ConversationRef) -> discord.PartialMessageable:
        if to.chat_id.startswith(ACCOUNT_MARK):
            # Discord opens a chat that is open already by returning it.
            to = await self.private(to.chat_id.removeprefix(ACCOUNT_MARK))
        await self.wait()
        with delivery_errors():
            return self._client.get_partial_messageable(_snowflake(to.chat_id))

    async def wait(self) -> None:
        """Until the client has logged in; raises ``Unreachable`` where that takes too long."""
        try:
            async with asyncio.timeout(LOGIN_PATIENCE):
                await self._logged_in.wait()
        except TimeoutError as error:
            raise Unreachable("Discord is not connected") from error


def _snowflake(text: str) -> int:
    if not text.isdecimal():
        raise Undeliverable(f"{text!r} is not an id of Discord")
    return int(text)


def nonce_of(*parts: str) -> str:
    """A nonce that is the same for the same parts, such as an event's id and a number."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_NONCE_LIMIT]


def _part_nonce(nonce: str, number: int, count: int) -> str:
    """The same for the same part of the same message, whoever sends it again."""
    if len(nonce) > _NONCE_LIMIT:
        raise Undeliverable(f"a nonce of more than {_NONCE_LIMIT} characters")
    return nonce if count == 1 else nonce_of(nonce, str(number))
