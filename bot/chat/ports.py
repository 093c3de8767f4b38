"""What the core asks of the world: a platform, a clock, a way to send at the right pace."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol, TypeVar, runtime_checkable

from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import Message, SentMessage
from bot.chat.turn import Dispatch

T = TypeVar("T")

Download = Callable[[ConversationRef, str], Awaitable[bytes]]
"""The bytes of a file that somebody sent, by the platform's handle; raises ``DeliveryError``."""
Carry = Callable[[ConversationRef, Message], Awaitable[Message]]
"""Makes the files of a message ready for a platform; raises ``DeliveryError``."""

Receive = Callable[[Mapping[str, str], Callable[[], Awaitable[bytes]]], Awaitable[int]]
"""Takes a request's headers and what reads its body; returns the HTTP status to answer with."""


class Clock(Protocol):
    """Tells the time; tests move it by hand."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever go forward, for measuring intervals."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait so many seconds of this clock."""
        ...


class Lane(IntEnum):
    """Who goes first when the platform's rate is short."""

    INTERACTIVE = 0
    RELAY = 1
    REMINDER = 2
    ANNOUNCEMENT = 3


class Courier(Protocol):
    """Paces sends and decides on retries, so that adapters need not."""

    async def carry(
        self, to: ConversationRef, send: Callable[[], Awaitable[T]], *, lane: Lane
    ) -> T:
        """Call ``send`` when the lane and the chat may, again where that is right.

        Raises the ``DeliveryError`` that remains.
        """
        ...


class Inbox(Protocol):
    """Where updates are kept before they count as received, so that a crash loses none."""

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        """Store ``(update id, raw JSON)`` pairs in one transaction; known ids are left alone."""
        ...

    async def pending(self, platform: Platform) -> list[str]:
        """The raw JSON of updates accepted and not yet handled and answered, oldest first."""
        ...

    async def answered(self, platform: Platform, update_id: str) -> None:
        """The reply to an update has gone out, or never will; returns once that is kept."""
        ...


class WebhookHost(Protocol):
    """The HTTP server that a platform's webhook is part of."""

    def receive(self, path: str, take: Receive) -> None:
        """Hand what is posted to ``path`` to ``take``; before the server runs."""
        ...

    async def listening(self) -> None:
        """Returns once requests are answered."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do. Lengths count what the platform counts (see ``bot.chat.markup``)."""

    has_forms: bool
    has_ephemeral: bool
    can_edit: bool
    can_delete: bool
    text_limit: int
    attachment_limit: int
    """Bytes of one file."""


class Adapter(Protocol):
    """A chat platform."""

    @property
    def platform(self) -> Platform: ...

    @property
    def capabilities(self) -> Capabilities: ...

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Receive until ``stop`` is set; raises ``StartupError`` where it cannot start."""
        ...

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Send once, without retrying; raises ``DeliveryError``.

        ``nonce`` (at most 25 characters) makes a repeat harmless where the platform can.
        """
        ...

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Replace a sent message; raises ``DeliveryError``.

        Its files stay as they are where the platform cannot exchange them.
        """
        ...

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """Take a sent message away; raises ``DeliveryError``.

        ``instead`` takes its place where the platform does not let us delete it any more.
        """
        ...


@runtime_checkable
class ThreadKeeper(Protocol):
    """A platform on which a question can have a place of its own: a topic, a thread, a post.

    An adapter has these two or neither. Both raise ``DeliveryError``.
    """

    async def open_thread(self, desk: ConversationRef, title: str) -> ConversationRef | None:
        """A new thread in ``desk``; None where this chat has no threads."""
        ...

    async def change_thread(self, thread: ConversationRef, title: str, *, is_closed: bool) -> None:
        """Rename, close or open a thread; raises ``Undeliverable`` where it is no more."""
        ...


@runtime_checkable
class Publisher(Protocol):
    """A platform on which others may follow a channel, and what is published there goes to them.

    An adapter has these two or neither.
    """

    def has_followers(self, where: ConversationRef) -> bool | None:
        """Whether messages in a chat can be published; None where that is not known yet."""
        ...

    async def publish(self, to: ConversationRef, message_id: str) -> None:
        """Publish a sent message, fine where it is already; raises ``DeliveryError``."""
        ...


class BadgeBearer(Protocol):
    """A platform that can show who is a member of the network."""

    @property
    def platform(self) -> Platform: ...

    async def set_badge(self, account_id: str, *, is_held: bool) -> None:
        """Give an account the mark of members, or take it; fine where it is so already.

        Raises ``DeliveryError``: ``RecipientGone`` where the account is not in the place that
        has the mark, ``Undeliverable`` with a reason for the secretariat where it is refused.
        """
        ...
