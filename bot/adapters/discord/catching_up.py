"""What was said while nobody listened: fetched where somebody expects to be heard.

Discord repeats what a session missed when it is resumed, and keeps nothing for a new session. So
after each new one the history of some places is read: threads of questions and private chats, no
others, at most a day back. What comes out of it goes the way of what is heard live, in order; a
message that comes both ways is handled once, by its number.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import discord
import structlog

from bot.adapters.discord.errors import TooManyRequests
from bot.adapters.discord.history import (
    PAGE,
    Readable,
    is_deleted,
    may_read,
    number_at,
    open_place,
    page_before,
    pages_after,
)
from bot.adapters.discord.inbound import (
    conversation_of,
    message_deleted,
    message_edited,
    message_received,
)
from bot.chat.catching_up import Backlog, Place, Spoken
from bot.chat.events import Author, Event, MessageReceived
from bot.chat.ports import Clock

AGE: Final = timedelta(hours=24)
"""What is older is not taken up; Telegram keeps updates as long."""
MARGIN: Final = timedelta(minutes=5)
"""Read once more: a dead connection is noticed late, and clocks differ."""
PAGES: Final = 5
"""Of a hundred messages, in one place."""
BACK_PAGES: Final = 2
"""The same for messages heard before, which may have been changed since."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """From ``since`` to ``until`` nobody listened; ``spoken`` was said and passed on before."""

    since: datetime
    until: datetime
    spoken: Mapping[str, Sequence[Spoken]]

    @property
    def begin(self) -> datetime:
        """From where on what was missed is taken up."""
        return max(self.since - MARGIN, self.until - AGE)


class CatchingUp:
    """Visits one place after another; ``hear`` takes a message, ``tell`` any other event."""

    def __init__(
        self,
        client: discord.Client,
        backlog: Backlog,
        clock: Clock,
        *,
        hear: Callable[[MessageReceived], Awaitable[None]],
        tell: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._client = client
        self._backlog = backlog
        self._clock = clock
        self._hear = hear
        self._tell = tell
        self.is_refused = False
        """Whether some place of a server may not be read."""
        self.left: set[str] = set()
        """Messages that an earlier process kept and did not handle: not new, but still to come."""

    async def visit(self, place: Place, absence: Absence) -> bool:
        """Take up what was missed in a place; False where it has to be tried again."""
        try:
            await self._visit_or_learn(place, absence)
        except TooManyRequests as error:
            _log.warning("discord.catching_up_throttled", seconds=error.retry_after)
            await self._clock.sleep(error.retry_after)
            return False
        except Exception as error:
            # One place must not keep the others from being visited.
            _log.warning("discord.catching_up_failed", error=type(error).__name__)
            return False
        return True

    async def _visit_or_learn(self, place: Place, absence: Absence) -> None:
        try:
            await self._visit(place, absence)
        except discord.NotFound:
            await self._backlog.gone(place)
        except discord.Forbidden:
            self.is_refused = self.is_refused or not place.where.is_private

    async def _visit(self, place: Place, absence: Absence) -> None:
        channel = await open_place(self._client, place.where)
        if channel is None:
            return
        if not may_read(channel):
            self.is_refused = True
            return
        own = {each.ref: each.author for each in absence.spoken.get(str(channel.id), ())}
        newest = None if isinstance(channel, discord.DMChannel) else channel.last_message_id
        is_quiet = newest is not None and newest < number_at(absence.since - MARGIN)
        if own:
            await self._look_back(place, channel, absence, own)
        if is_quiet:
            return
        if absence.since - MARGIN < absence.begin:
            await self._look_beyond(place, channel, absence)
        await self._take_up(place, channel, absence, own)

    async def _take_up(
        self, place: Place, channel: Readable, absence: Absence, own: Mapping[str, Author]
    ) -> None:
        """All that is new, in order."""
        count, last, is_whole = 0, absence.begin, False
        async for page in pages_after(channel, number_at(absence.begin), PAGES):
            await self._follow_edits(page, own)
            for event in await self._missed(place, page):
                count += 1
                await self._hear(event)
            last = page[-1].created_at if page else last
            is_whole = len(page) < PAGE
        if count:
            _log.info("discord.caught_up", question=place.question, messages=count)
        if not is_whole:
            await self._backlog.lost(place, last, absence.until)

    async def _look_back(
        self, place: Place, channel: Readable, absence: Absence, own: Mapping[str, Author]
    ) -> None:
        """What was passed on may have been changed or deleted since."""
        first = min(int(ref) for ref in own)
        seen: set[str] = set()
        last, is_whole = first, False
        async for page in pages_after(channel, first - 1, BACK_PAGES):
            await self._follow_edits(page, own)
            seen.update(str(message.id) for message in page)
            last = page[-1].id if page else last
            is_whole = len(page) < PAGE
        where = conversation_of(channel.id, is_private=place.where.is_private)
        for ref, author in own.items():
            is_missing = ref not in seen and (is_whole or int(ref) < last)
            if is_missing and await is_deleted(channel, ref):
                event = message_deleted(int(ref), where, author, self._clock.now())
                if await self._backlog.unheard("discord", [event.id]):
                    await self._tell(event)

    async def _look_beyond(self, place: Place, channel: Readable, absence: Absence) -> None:
        """Whether something was said that is too old to be taken up."""
        page = await page_before(channel, number_at(absence.begin))
        first = number_at(absence.since - MARGIN)
        is_full = len(page) == PAGE and page[-1].id > first
        since = [message for message in page if message.id >= first]
        if is_full or await self._missed(place, since):
            await self._backlog.lost(place, absence.since, absence.begin)

    async def _follow_edits(
        self, page: Sequence[discord.Message], own: Mapping[str, Author]
    ) -> None:
        assert self._client.user is not None
        changed = [
            event
            for message in page
            if str(message.id) in own
            and (event := message_edited(message, self._client.user)) is not None
        ]
        new = await self._backlog.unheard("discord", [event.id for event in changed])
        for event in changed:
            if event.id in new:
                await self._tell(event)

    async def _missed(self, place: Place, page: Sequence[discord.Message]) -> list[MessageReceived]:
        """What of it was said to the assistant and has not come, oldest first."""
        assert self._client.user is not None
        said = [
            event
            for message in sorted(page, key=lambda message: message.id)
            if (event := message_received(message, self._client.user)) is not None
            # Elsewhere than in a thread of its own, others talk about other things.
            and (event.replied_text is not None or not place.only_answers)
        ]
        new = await self._backlog.unheard("discord", [event.id for event in said])
        return [replace(event, is_late=True) for event in said if event.id in new | self.left]
