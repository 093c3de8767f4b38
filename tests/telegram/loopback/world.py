"""What exists on the stand-in: people, chats, topics, messages, updates that wait."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BOT = {
    "id": 7_000_001,
    "is_bot": True,
    "first_name": "INSOP assistant",
    "username": "insop_test_bot",
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


class Refused(Exception):
    """What the Bot API answers with ``ok: false``."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(description: str) -> Refused:
    """HTTP 400, worded as the Bot API server words it."""
    return Refused(400, f"Bad Request: {description}")


@dataclass(slots=True)
class ChatState:
    """A chat: its public face, its messages by id, and whether the bot may write to it."""

    chat: dict[str, Any]
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    last_id: int = 0
    is_started: bool = True
    is_blocked: bool = False
    is_kicked: bool = False
    migrated_to: int | None = None


@dataclass(slots=True)
class World:
    """All state. ``seconds_ahead`` moves the server's idea of the time (for old messages)."""

    token: str
    bot: dict[str, Any] = field(default_factory=lambda: dict(BOT))
    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    chats: dict[int, ChatState] = field(default_factory=dict)
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    last_update: int = 1000
    presses: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    queries: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    inline_messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    file_names: dict[str, str] = field(default_factory=dict)
    shown: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    reactions: dict[tuple[int, int], str] = field(default_factory=dict)
    """The bot's, by chat and message."""
    webhook: dict[str, Any] | None = None
    seconds_ahead: float = 0.0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    on_update: Callable[[dict[str, Any]], None] | None = None

    def now(self) -> int:
        """Unix time in whole seconds, as in every ``date``."""
        return int(time.time() + self.seconds_ahead)

    def add_chat(self, chat: dict[str, Any]) -> ChatState:
        """Make a chat known."""
        state = ChatState(chat=chat)
        self.chats[chat["id"]] = state
        return state

    def writable(self, chat_id: int) -> ChatState:
        """The chat, if the bot may write to it; raises ``Refused`` as Telegram would."""
        state = self.chats.get(chat_id)
        if state is None:
            raise bad_request("chat not found")
        if state.migrated_to is not None:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=state.migrated_to,
            )
        if state.is_blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        if state.is_kicked:
            raise Refused(403, "Forbidden: bot was kicked from the supergroup chat")
        if not state.is_started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        return state

    def add_message(
        self, state: ChatState, sender: dict[str, Any], content: dict[str, Any]
    ) -> dict[str, Any]:
        """Put a message into a chat; it is the server's own copy."""
        state.last_id += 1
        message = {
            "message_id": state.last_id,
            "from": sender,
            "chat": state.chat,
            "date": self.now(),
            **content,
        }
        state.messages[state.last_id] = message
        return message

    def show(self, chat_id: int, message: dict[str, Any]) -> None:
        """Note what the bot made visible, for those who watch."""
        self.shown.append((chat_id, dict(message)))

    async def notify(self) -> None:
        """Wake all who wait for a change."""
        async with self.changed:
            self.changed.notify_all()

    async def push(self, kind: str, content: dict[str, Any]) -> int:
        """Hand the bot an update; returns its id."""
        self.last_update += 1
        update = {"update_id": self.last_update, kind: content}
        await self.push_raw(update)
        return self.last_update

    async def push_raw(self, update: dict[str, Any]) -> None:
        """Hand the bot an update exactly so (to repeat one, or to send them out of order)."""
        if self.on_update is not None:
            self.on_update(update)
        else:
            self.waiting.append(update)
        await self.notify()
