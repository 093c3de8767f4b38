"""What can go wrong when a message goes out.

::

    DeliveryError
    ├── RateLimited(retry_after)   too fast; try again after so many seconds
    ├── RecipientGone              blocked, left, deleted: do not try again
    ├── ConversationMoved(to)      the chat has a new address; rewrite it and retry once
    ├── Undeliverable              the platform refuses this message for good
    ├── Ambiguous                  no answer came back: it may or may not have arrived
    ├── Unreachable                nothing was sent: no connection; trying again is harmless
    └── FilesAway(retry_after)     nothing was sent: another platform has its files, and is away

``FilesAway`` comes from ``bot.delivery`` itself.

Adapters raise these and nothing else from ``send``, ``edit`` and ``delete``
(``raise … from`` the library's own error); only ``bot.delivery`` decides on retries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.chat.events import ConversationRef


class DeliveryError(Exception):
    """A message did not, or may not have, reached its recipient."""


class RateLimited(DeliveryError):
    """The platform asks to wait ``retry_after`` seconds before sending again.

    ``is_global`` is true where the whole token is halted, not this chat alone.
    """

    def __init__(self, retry_after: float, *, is_global: bool = False) -> None:
        super().__init__(f"rate limited for {retry_after:g} s")
        self.retry_after = retry_after
        self.is_global = is_global


class RecipientGone(DeliveryError):
    """The recipient blocked the bot, left, or no longer exists."""


class ConversationMoved(DeliveryError):
    """The conversation lives under another address now (Telegram supergroup migration)."""

    def __init__(self, to: ConversationRef) -> None:
        super().__init__("the conversation has moved")
        self.to = to


class Undeliverable(DeliveryError):
    """The platform refuses this very message; sending it again would fail again."""


class Ambiguous(DeliveryError):
    """The request may have been carried out: time-out, reset or 5xx after it was sent."""


class Unreachable(DeliveryError):
    """The platform could not be reached, and the request never left: sending again is safe."""


class FilesAway(DeliveryError):
    """Files of the message lie on another platform, which cannot be asked at present.

    ``retry_after`` is in seconds; 0 where nobody knows.
    """

    def __init__(self, retry_after: float = 0.0) -> None:
        super().__init__("a file cannot be had at present")
        self.retry_after = retry_after


class ChatError(Exception):
    """A message, action or form that no platform could carry: a mistake in our own code."""


class ActionTooLong(ChatError):
    """An action packs to more than 64 bytes, Telegram's limit for ``callback_data``."""


class StartupError(Exception):
    """A platform cannot be started; the message is one plain sentence that says what to do."""
