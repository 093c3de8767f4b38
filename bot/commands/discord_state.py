"""What the Discord adapter keeps through restarts: half-filled forms, and what Discord has."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Final

import structlog

from bot.adapters.discord.drafts import FormDraft
from bot.chat.events import ConversationRef
from bot.chat.ports import Clock
from bot.store import Database
from bot.store.drafts import Draft

KEPT_FOR: Final = timedelta(hours=24)
"""As long as forms that are asked one question at a time."""

_log = structlog.get_logger(__name__)


class StoredDrafts:
    """``bot.adapters.discord.drafts.DraftStore`` on the table of half-filled forms.

    A draft stands under its id in place of a chat's, and under its owner's account, so that it
    is found and forgotten with that person's other drafts.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, draft_id: str) -> FormDraft | None:
        """The draft, or None where it is done, unknown or older than a day."""
        async with self._database.begin() as store:
            found = await store.drafts.find(_where(draft_id), self._clock.now())
        if found is None:
            return None
        owner, kept = found
        return FormDraft(form=kept.form, owner=owner, page=kept.step, values=dict(kept.answers))

    async def set(self, draft_id: str, draft: FormDraft) -> None:
        """Keep it for a day from now."""
        kept = Draft(form=draft.form, answers=draft.values, step=draft.page)
        async with self._database.begin() as store:
            until = self._clock.now() + KEPT_FOR
            await store.drafts.set(_where(draft_id), draft.owner, kept, until)

    async def drop(self, draft_id: str) -> None:
        """Forget it."""
        async with self._database.begin() as store:
            found = await store.drafts.find(_where(draft_id), self._clock.now())
            if found is not None:
                await store.drafts.drop(_where(draft_id), found[0])


class SyncFile:
    """``bot.adapters.discord.drafts.SyncState`` in a small JSON file of the cache folder.

    Losing it costs one needless sync, so a file that cannot be read or written is no fault.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "discord-commands.json"

    async def get(self, key: str) -> str | None:
        """What was set last, or None."""
        return (await asyncio.to_thread(self._read)).get(key)

    async def set(self, key: str, value: str) -> None:
        """Remember it."""
        await asyncio.to_thread(self._write, key, value)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {key: value for key, value in found.items() if isinstance(value, str)}

    def _write(self, key: str, value: str) -> None:
        text = json.dumps({**self._read(), key: value}, indent=1)
        beside = self._path.with_suffix(f".{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(text, encoding="utf-8")
            beside.replace(self._path)
        except OSError as error:
            _log.warning("discord.sync_state_unwritten", error=type(error).__name__)


def _where(draft_id: str) -> ConversationRef:
    return ConversationRef(platform="discord", chat_id=draft_id)
