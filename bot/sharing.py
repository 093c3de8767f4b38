"""Several gateways on one PostgreSQL: no update lost when one dies, none answered twice.

- Every update is in one live process's hands (``bot.store.inbox_shared``). A process that dies is
  noticed within seconds, and a live one takes over what it left.
- What was not handled is handled. What was handled by a process that died before it noted the
  answer may or may not have been answered: no platform can tell. Then the person gets a note
  instead of a second answer, and asks again if the first never came.
- Turns of one conversation follow each other across processes, by a lock in the database.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import structlog

from bot.chat.events import ConversationRef, Event, Platform
from bot.chat.messages import Message
from bot.chat.ports import Clock
from bot.chat.turn import Dispatch, Reply
from bot.middleware import interrupted
from bot.store import Database, Store
from bot.store.inbox_shared import Adopted, SharedInbox, lock_name
from bot.store.outages import OUTAGES
from bot.store.outbox_locks import TokenLock
from bot.translating import supported, translator

_log = structlog.get_logger(__name__)

BEAT: Final = 1.0
"""Seconds between two signs of life, and between two looks for what the dead left."""
GATHER: Final = 0.02
"""Seconds of answers that are noted in one commit: what a crash leaves in doubt."""
AT_ONCE: Final = 32
"""Turns under way; a few for each connection to the database."""
_REMEMBERED: Final = 20_000
_PATIENCE: Final = 60

Key = tuple[str, str]
"""Platform and update id."""


class Gateway:
    """``bot.chat.ports.Inbox`` of one process among several. ``owner`` is unique to its start."""

    def __init__(self, database: Database, clock: Clock, *, owner: str, role: str) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._role = role
        self._lock = TokenLock(database, lock_name(owner))
        self._is_alive = asyncio.Event()
        self._elsewhere: OrderedDict[Key, None] = OrderedDict()
        self._in_doubt: set[Key] = set()
        self._answered: list[Key] = []
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._looks = asyncio.Semaphore(2)
        self._looked: set[str] = set()
        """Platforms on which what was left before there were several gateways is taken over."""
        self._writing = asyncio.Lock()

    async def run(self, stop: asyncio.Event) -> None:
        """Give signs of life until ``stop``."""
        while not stop.is_set():
            await self.beat()
            ending = asyncio.ensure_future(stop.wait())
            pause = asyncio.ensure_future(self._clock.sleep(BEAT))
            await asyncio.wait((ending, pause), return_when=asyncio.FIRST_COMPLETED)
            for task in (ending, pause):
                task.cancel()

    async def beat(self) -> None:
        """One sign of life; without it this process handles nothing new."""
        try:
            has_lock = await self._lock.try_take()
            async with self._database.connect() as connection:
                inbox = SharedInbox(connection)
                await inbox.beat(self._owner, self._role)
                await inbox.bury()
        except OUTAGES as error:
            # The lock has gone with its connection: others may take over from here on.
            _log.warning("gateway.beat_failed", error=type(error).__name__)
            has_lock = False
        if has_lock:
            self._is_alive.set()
        else:
            self._is_alive.clear()

    async def leave(self) -> None:
        """Say that this process ends, so that others need not wait for its silence."""
        try:
            async with self._database.connect() as connection:
                await SharedInbox(connection).leave(self._owner)
        except OUTAGES as error:
            _log.warning("gateway.leave_failed", error=type(error).__name__)
        finally:
            await self._lock.release()

    async def accept(self, platform: Platform, updates: Sequence[tuple[str, str]]) -> None:
        """See ``Inbox``; what another process has is left to it."""
        if not updates:
            return
        async with self._database.connect() as connection:
            new = await SharedInbox(connection).accept(
                platform, updates, self._owner, self._clock.now()
            )
        for key, _ in updates:
            if key not in new:
                self._elsewhere[platform, key] = None
        while len(self._elsewhere) > _REMEMBERED:
            self._elsewhere.popitem(last=False)

    async def pending(self, platform: Platform) -> list[str]:
        """What dead processes left, now this one's."""
        async with self._database.connect() as connection:
            inbox = SharedInbox(connection)
            if platform not in self._looked:
                await inbox.claim_ownerless(platform, "")
            found, _ = await inbox.adopt(platform, self._owner)
        self._looked.add(platform)
        self._take(platform, found)
        return [each.raw for each in found]

    async def answered(self, platform: Platform, update_id: str) -> None:
        """See ``Inbox``; several at a time."""
        if (platform, update_id) in self._elsewhere:
            return
        self._answered.append((platform, update_id))
        async with self._writing:
            if self._answered:
                await self._clock.sleep(GATHER)
            answered, self._answered = sorted(self._answered), []
            if not answered:
                return
            try:
                async with self._database.begin() as store:
                    await store.inbox.forget_replies(answered)
                    await SharedInbox(store.connection).forget(answered, self._owner)
            except BaseException:
                # The next to be noted takes these along.
                self._answered = [*answered, *self._answered]
                raise
        self._in_doubt -= set(answered)

    def shared(self, dispatch: Dispatch) -> Dispatch:
        """``dispatch`` for what is in this process's hands; the rest is not handled here."""

        async def dispatch_mine(event: Event) -> Reply:
            key = (event.conversation.platform, event.id)
            if key in self._elsewhere and not await self._inherit(*key):
                return None
            await self._is_alive.wait()
            if key in self._in_doubt:
                _log.info("turn.in_doubt", platform=key[0], event_id=key[1])
                return await self._apology(event)
            # Here a turn may wait as long as it takes; for a connection it would wait in vain.
            async with self._slots:
                return await dispatch(event)

        return dispatch_mine

    async def hold(self, store: Store, where: ConversationRef) -> None:
        """One turn at a time in a conversation, whichever process it is in.

        Before anything is read: what the turn before it leaves is part of this one.
        """
        await SharedInbox(store.connection).hold_conversation(":".join(where.key))

    async def _inherit(self, platform: str, update_id: str) -> bool:
        """Wait until the other process has finished, or take over from it."""
        for _ in range(_PATIENCE):
            try:
                async with self._looks, self._database.connect() as connection:
                    found, is_finished = await SharedInbox(connection).adopt(
                        platform, self._owner, only=update_id
                    )
            except OUTAGES as error:
                _log.warning("gateway.inherit_failed", error=type(error).__name__)
                found, is_finished = [], False
            if found:
                self._take(platform, found)
                return True
            if is_finished:
                return False
            await self._clock.sleep(BEAT)
        return False

    def _take(self, platform: str, found: list[Adopted]) -> None:
        for each in found:
            self._elsewhere.pop((platform, each.update_id), None)
            if each.is_done:
                self._in_doubt.add((platform, each.update_id))
        if found:
            _log.info("gateway.adopted", platform=platform, updates=len(found))

    async def _apology(self, event: Event) -> Message:
        language = supported(event.author.locale) or "en"
        try:
            async with self._database.begin() as store:
                member = await store.people.recognise(event.author, self._clock.now())
            language = member.language or language
        except OUTAGES:
            _log.warning("turn.in_doubt.language_unknown", event_id=event.id)
        return interrupted(translator(language))
