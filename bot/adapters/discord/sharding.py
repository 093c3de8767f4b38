"""The connections to Discord's gateway: as many shards as Discord recommends, in one process.

A server's events come by shard ``(server_id >> 22) % count``, direct messages by shard 0
(https://docs.discord.com/developers/events/gateway#sharding). What is known of servers and channels
is shared by all shards, so the rest of the adapter sees one client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import discord
import structlog

from bot.chat.ports import Clock

IDENTIFY_PAUSE: Final = 5.0
"""Seconds between two new sessions of one bucket of shards;
https://docs.discord.com/developers/events/gateway#rate-limiting"""

_PATIENCE: Final = 0.1
"""Seconds until a task is told once more to end."""

_log = structlog.get_logger(__name__)


class ShardedClient(discord.AutoShardedClient):
    """discord.py's client of many shards, held to the limits that Discord names at the start.

    The library starts one shard in five seconds, whatever Discord allows, and does not look at
    how many sessions are left for the day; a bot that uses them up loses its token.
    """

    def __init__(self, clock: Clock, *, intents: discord.Intents, **options: Any) -> None:
        # One, until Discord has said how many.
        super().__init__(intents=intents, shard_count=1, **options)
        self._clock = clock
        self._has_begun = False
        self._buckets = 1
        """Of shards that may begin at the same time: shard ``n`` is in bucket ``n % _buckets``."""
        self._identified: dict[int, float] = {}
        self._live: set[int] = set()
        parsers = self._connection.parsers
        for event, parse in parsers.items():
            parsers[event] = _forgiving(event, parse)

    async def login(self, token: str) -> None:
        """See ``discord.Client``."""
        self._has_begun = True
        await super().login(token)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Ask for the number of shards and for what is left of the day's sessions, then go on."""
        count, _, limits = await self.http.get_bot_gateway()
        self._buckets = max(1, limits["max_concurrency"])
        if limits["remaining"] < count:
            wait = limits["reset_after"] / 1000
            _log.warning("discord.sessions_used_up", shards=count, seconds=wait)
            await self._clock.sleep(wait)
        if count != self.shard_count:
            _log.info("discord.shards", shards=count, at_once=self._buckets)
        self.shard_count = count
        await super().connect(reconnect=reconnect)

    @property
    def is_whole(self) -> bool:
        """Whether all shards are connected, so that nothing is missed anywhere."""
        return len(self._live) == self.shard_count

    async def on_shard_connect(self, shard_id: int) -> None:
        """A new session."""
        self._live.add(shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """The old session goes on."""
        self._live.add(shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """Perhaps for a second, perhaps for hours."""
        self._live.discard(shard_id)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until Discord takes one more new session of this shard's bucket."""
        bucket = (shard_id or 0) % self._buckets
        now = self._clock.monotonic()
        due = self._identified.get(bucket, now - IDENTIFY_PAUSE) + IDENTIFY_PAUSE
        self._identified[bucket] = max(now, due)
        if due > now:
            await self._clock.sleep(due - now)

    async def hang_up(self, connection: asyncio.Future[None]) -> None:
        """End ``connection``, a run of ``connect``, and all its sessions."""
        while not connection.done():
            # asyncio.wait_for of Python 3.11 loses a cancellation that comes as its work ends.
            connection.cancel()
            await asyncio.wait({connection}, timeout=_PATIENCE)
        for shard in self.shards.values():
            await shard.disconnect()

    async def close(self) -> None:
        """Close for good. Before a login there is nothing to close, and discord.py would raise.

        discord.py leaves the tasks behind that were to tell of readiness.
        """
        state = self._connection
        waiting = [*state._ready_tasks.values(), *filter(None, [state._ready_task])]
        for task in waiting:
            task.cancel()
        if self._has_begun:
            await super().close()


def _forgiving(event: str, parse: Callable[[Any], Any]) -> Callable[[Any], None]:
    """One event that cannot be read is left out; discord.py would close all shards for it."""

    def parse_or_tell(data: Any) -> None:
        try:
            parse(data)
        except Exception:
            _log.exception("discord.unreadable_event", kind=event)

    return parse_or_tell
