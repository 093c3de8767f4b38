"""The messages of running announcements, in memory by version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.messages import Message
from bot.store.announcements import FALLBACK, Announcements


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One announcement as it stands."""

    state: str
    version: int
    topic: str | None
    texts: Mapping[str, Message]

    def message(self, language: str | None) -> Message:
        """In this language, in its main language (``pt`` for ``pt-BR``), or the fallback."""
        for candidate in (language or FALLBACK, (language or FALLBACK).partition("-")[0]):
            if candidate in self.texts:
                return self.texts[candidate]
        return self.texts[FALLBACK]


class Texts:
    """Reads the state and version each time, the texts only when they changed."""

    def __init__(self) -> None:
        self._editions: dict[int, Edition] = {}

    async def editions(
        self, connection: AsyncConnection, batches: set[int]
    ) -> Mapping[int, Edition]:
        """The announcements as they stand in this transaction; unknown ones are left out."""
        announcements = Announcements(connection)
        found = await announcements.versions(batches) if batches else {}
        editions = {}
        for batch, (state, version, topic) in found.items():
            known = self._editions.get(batch)
            if known is None or known.version != version:
                texts = await announcements.texts(batch)
            else:
                texts = dict(known.texts)
            editions[batch] = Edition(state=state, version=version, topic=topic, texts=texts)
        self._editions |= editions
        return editions

    def keep(self, batches: set[int]) -> None:
        """Forget all others."""
        self._editions = {
            batch: edition for batch, edition in self._editions.items() if batch in batches
        }
