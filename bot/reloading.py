"""Picks up changed articles while the assistant runs, whole or not at all.

A changed file starts a new load in a thread and a new index in a process of its own; questions
are answered from the old ones until both are ready. A broken file keeps its last good version,
and the secretariat's desks are told once for each state of the files.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from bot.chat.events import ConversationRef
from bot.chat.markup import escape
from bot.chat.messages import Message
from bot.chat.ports import Clock, Lane
from bot.chat.turn import Translate
from bot.store import Database
from knowledge.library import Library
from knowledge.loader import load
from knowledge.model import Problem

_log = structlog.get_logger(__name__)

EVERY: Final = 5.0
"""Seconds between two looks at the files' times."""

NAMED: Final = 10
"""Faults that the secretariat's message lists; the rest are counted."""


class Reloader:
    """Watches one knowledge folder."""

    def __init__(
        self,
        *,
        library: Library,
        folder: Path,
        cache: Path | None,
        database: Database,
        clock: Clock,
        desks: Sequence[ConversationRef],
        translate: Translate,
        index: Callable[[Path, Path, Path | None], Awaitable[bool]] | None = None,
        own: Path | None = None,
    ) -> None:
        self._library = library
        self._folder = folder
        self._cache = cache
        self._database = database
        self._clock = clock
        self._desks = tuple(desks)
        self._translate = translate
        self._index = index
        self._own = own
        self._seen = _stamp(folder, own)

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until ``stop``."""
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                waited = asyncio.ensure_future(self._clock.sleep(EVERY))
                await asyncio.wait({waited, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if stop.is_set():
                    waited.cancel()
                    return
                await self.look()
        finally:
            stopped.cancel()

    async def look(self) -> bool:
        """Reload where something changed; True where new content is served."""
        stamp = await asyncio.to_thread(_stamp, self._folder, self._own)
        if stamp == self._seen:
            return False
        self._seen = stamp
        before = self._library.collection
        collection = await asyncio.to_thread(load, self._folder, before, self._cache, self._own)
        if collection.problems and collection.problems != before.problems:
            await self._tell(collection.problems, stamp)
        if not collection.articles and before.articles:
            _log.error("knowledge.refused", reason="no article is left")
            return False
        if collection.digest == before.digest and collection.sources == before.sources:
            return False
        if self._index is not None and self._cache is not None:
            is_built = await self._index(self._folder, self._cache, self._own)
            _log.info("knowledge.indexed", in_child=is_built)
        snapshot = await asyncio.to_thread(self._library.prepare, collection)
        self._library.replace(snapshot)
        _log.info("knowledge.reloaded", articles=len(collection.articles), digest=collection.digest)
        return True

    async def _tell(self, problems: Sequence[Problem], stamp: str) -> None:
        _ = self._translate
        lines = [f"- {escape(str(problem))}" for problem in problems[:NAMED]]
        if len(problems) > NAMED:
            lines.append(_("… and {count} more", count=len(problems) - NAMED))
        text = _(
            "Something in the knowledge base is broken. What was there before is still served:"
        )
        message = Message(text="\n".join([text, "", *lines]))
        now = self._clock.now()
        async with self._database.begin() as store:
            for desk in (*self._desks, *await store.chats.desks("console")):
                await store.outbox.add(
                    f"knowledge:{stamp[:16]}",
                    desk,
                    message,
                    lane=Lane.RELAY,
                    on_unknown="resend",
                    now=now,
                )


def _stamp(folder: Path, own: Path | None) -> str:
    """Changes when a content file comes, goes or changes."""
    digest = hashlib.sha256()
    folders = [folder] if own is None else [folder, own]
    found = [path for each in folders for path in each.glob("*.toml")]
    found += [path for each in folders for path in each.glob("articles/*/*.md")]
    for path in sorted(found):
        try:
            status = path.stat()
        except OSError:
            continue
        digest.update(f"{path.name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
