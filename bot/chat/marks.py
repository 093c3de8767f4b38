"""Small signs of the assistant on what somebody wrote: where a relayed message stands."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from bot.chat.events import ConversationRef

Mark = Literal["underway", "arrived", "doubtful", "failed", "received"]
"""Of an answer: on its way to the asker, there, perhaps there, not there. Of an asker's words:
the desk has them."""


@runtime_checkable
class Marker(Protocol):
    """A platform on which the assistant can put a sign on a message that somebody else wrote."""

    async def mark(
        self, where: ConversationRef, message_id: str, mark: Mark, *, instead_of: Mark | None
    ) -> None:
        """Show one sign, ``instead_of`` an earlier one; once more is no error.

        Raises ``DeliveryError``: ``Undeliverable`` where signs are not allowed.
        """
        ...
