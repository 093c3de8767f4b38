"""The contract of all adapters, on the wire."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.chat.events import ConversationRef, Event
from bot.chat.ports import Adapter
from tests.contract.adapter_contract import Ability, AdapterContract, Harness, Shown
from tests.discord.wire.conftest import Line
from tests.discord.wire.server import Fault

_POST = r"/channels/\d+/messages$"


class WireHarness:
    """One person in direct messages with the bot."""

    def __init__(self, line: Line) -> None:
        self._line = line

    @property
    def adapter(self) -> Adapter:
        return self._line.adapter

    @property
    def person(self) -> ConversationRef:
        return ConversationRef(platform="discord", chat_id=str(self._line.ana.channel_id))

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset({"block", "limit", "lose", "press", "hear", "attach"})

    async def shown(self) -> list[Shown]:
        return [_shown(entry) for entry in self._line.server.messages[self._line.ana.channel_id]]

    async def block(self) -> None:
        body = {"code": 50007, "message": "Cannot send messages to this user"}
        self._next(Fault(method="POST", path=_POST, status=403, body=body))

    async def limit(self, retry_after: float) -> None:
        body = {"message": "slow", "retry_after": retry_after, "global": False}
        self._next(Fault(method="POST", path=_POST, status=429, body=body))

    async def lose(self) -> None:
        self._next(Fault(method="POST", path=_POST, is_lost=True))

    async def press(self, label: str) -> Event:
        count = len(self._line.core.events)
        await self._line.ana.presses(label)
        return (await self._line.core.heard(count + 1))[-1]

    async def hear(self, text: str) -> Event:
        count = len(self._line.core.events)
        await self._line.ana.says(text)
        return (await self._line.core.heard(count + 1))[-1]

    def _next(self, fault: Fault) -> None:
        self._line.server.faults.append(fault)


class TestDiscord(AdapterContract):
    @pytest.fixture
    def harness(self, line: Line) -> Harness:
        return WireHarness(line)


def _shown(entry: dict[str, Any]) -> Shown:
    parts = [entry["content"]]
    for embed in entry["embeds"]:
        parts += [embed.get("title", ""), embed.get("description", "")]
        parts.append(embed.get("footer", {}).get("text", ""))
    controls = [part for row in entry["components"] for part in row["components"]]
    return Shown(
        message_id=entry["id"],
        text="\n".join(_read(part) for part in parts if part),
        buttons=tuple(part["label"] for part in controls if "label" in part),
        files=tuple(file["filename"] for file in entry["attachments"]),
    )


def _read(markdown: str) -> str:
    """As a reader sees it: marks gone, escaped signs back."""
    return re.sub(r"\\(.)|\*\*|`", lambda found: found.group(1) or "", markdown)
