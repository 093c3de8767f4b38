"""A platform's own list of coming events, such as the scheduled events of a Discord server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.errors import Undeliverable
from bot.chat.events import Platform


class BoardRefused(Undeliverable):
    """The assistant lacks the right to keep this list; the message says so for staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardServer:
    """A place with a list of its own. ``locale`` is what the platform says of it, or None."""

    id: str
    name: str
    locale: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardEntry:
    """What stands in the list, in plain text; the moments are aware, the end after the start."""

    title: str
    text: str
    place: str
    starts_at: datetime
    ends_at: datetime


class EventBoard(Protocol):
    """Keeps entries; raises ``DeliveryError``, and ``BoardRefused`` where a right is missing."""

    @property
    def platform(self) -> Platform: ...

    async def servers(self) -> Sequence[BoardServer]:
        """The places whose lists are kept."""
        ...

    async def find(self, server_id: str, entry: BoardEntry) -> str | None:
        """The number of an entry of our own with this title and start, if it is there."""
        ...

    async def create(self, server_id: str, entry: BoardEntry) -> str:
        """Put an entry into the list; returns its number."""
        ...

    async def change(self, server_id: str, external_id: str, entry: BoardEntry) -> None:
        """Write an entry anew; ``RecipientGone`` where it is not there any more."""
        ...

    async def remove(self, server_id: str, external_id: str) -> None:
        """Take an entry away; fine where it is gone already."""
        ...
