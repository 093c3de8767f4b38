"""The Telegram adapter under the contract that all adapters share."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.chat.events import ConversationRef, Event
from tests.contract.adapter_contract import Ability, AdapterContract, Harness, Shown
from tests.telegram.conftest import Stage
from tests.telegram.loopback.people import Person


@dataclass(slots=True, kw_only=True)
class TelegramHarness:
    """Ana, and the adapter polling the stand-in."""

    stage: Stage
    adapter: TelegramAdapter
    ana: Person
    abilities: frozenset[Ability] = frozenset({"block", "limit", "lose", "press", "hear", "attach"})

    @property
    def person(self) -> ConversationRef:
        return ConversationRef(platform="telegram", chat_id=str(self.ana.id))

    async def shown(self) -> list[Shown]:
        return [
            Shown(
                message_id=str(seen.message_id),
                text=seen.text,
                buttons=seen.buttons,
                files=self._files(seen.raw),
            )
            for seen in self.ana.shown()
        ]

    async def block(self) -> None:
        self.ana.state.is_blocked = True

    async def limit(self, retry_after: float) -> None:
        self.stage.server.limit("*", int(retry_after))

    async def lose(self) -> None:
        self.stage.server.disturb("*", "lose")

    async def press(self, label: str) -> Event:
        count = len(self.stage.script.events)
        await self.ana.presses(label)
        return await self.stage.script.event(count)

    async def hear(self, text: str) -> Event:
        count = len(self.stage.script.events)
        await self.ana.says(text)
        return await self.stage.script.event(count)

    def _files(self, raw: dict[str, object]) -> tuple[str, ...]:
        """Telegram keeps no names of photos, so those uploaded are asked of the record."""
        handles = []
        document, photo = raw.get("document"), raw.get("photo")
        if isinstance(document, dict):
            handles.append(document["file_id"])
        if isinstance(photo, list):
            handles.append(photo[-1]["file_id"])
        return tuple(self.stage.server.world.file_names[handle] for handle in handles)


class TestTelegram(AdapterContract):
    """Inherits every test."""

    @pytest.fixture
    async def harness(self, stage: Stage, adapter: TelegramAdapter) -> Harness:
        return TelegramHarness(stage=stage, adapter=adapter, ana=stage.server.user("Ana"))
