"""What a platform that keeps nothing for us needs to know, to catch up with what was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.events import Author, ConversationRef, Platform


class BacklogClosed(Exception):
    """Nothing can be read or kept now: try again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A conversation in which somebody expects to be heard.

    ``question`` is what it is about, where that is known and open. With ``only_answers`` others
    talk there too: what counts are answers to the assistant's own messages.
    """

    where: ConversationRef
    question: int | None = None
    only_answers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A person's message that was passed on; it may have been changed or deleted since."""

    ref: str
    author: Author


class Backlog(Protocol):
    """All raise ``BacklogClosed``. Moments are aware and in UTC."""

    async def since(self, platform: Platform) -> datetime | None:
        """Until when everything was heard; None before the first time."""
        ...

    async def heard(self, platform: Platform, until: datetime) -> None:
        """Everything that was said until then has been taken in."""
        ...

    async def places(self, platform: Platform) -> Sequence[Place]:
        """Where somebody expects to be heard, the most important first."""
        ...

    async def spoken(self, platform: Platform, since: datetime) -> Mapping[str, Sequence[Spoken]]:
        """What was passed on of messages written since then, by the chat that it stands in."""
        ...

    async def unheard(self, platform: Platform, ids: Collection[str]) -> set[str]:
        """Those of the events' ids that have never come."""
        ...

    async def lost(self, place: Place, since: datetime, until: datetime) -> None:
        """Something may have been said there that will not be heard; harmless to repeat."""
        ...

    async def gone(self, place: Place) -> None:
        """The place is no more."""
        ...

    async def readable(self, platform: Platform, *, is_so: bool) -> None:
        """Whether what was said may be read; where not, somebody has to allow it."""
        ...
