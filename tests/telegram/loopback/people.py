"""People and groups on the stand-in, for tests: they write, press, and see."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.telegram.loopback.checks import units
from tests.telegram.loopback.world import World

WITHIN = 5.0
"""Seconds of waiting for something to be seen before the test fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message of the bot as a person sees it."""

    message_id: int
    text: str
    buttons: tuple[str, ...]
    raw: dict[str, Any]


class Group:
    """A supergroup with the bot in it; ``topics`` makes it a forum."""

    def __init__(self, world: World, title: str, *, topics: tuple[str, ...] = ()) -> None:
        self._world = world
        self.id = -1_000_000_000_000 - len(world.chats) - 1
        chat = {"id": self.id, "type": "supergroup", "title": title}
        if topics:
            chat["is_forum"] = True
        self.state = world.add_chat(chat)
        self.topics: dict[str, int] = {}
        for topic in topics:
            opened = world.add_message(
                self.state, world.bot, {"forum_topic_created": {"name": topic, "icon_color": 1}}
            )
            self.topics[topic] = opened["message_id"]
            self.state.topics[opened["message_id"]] = topic

    def upgrade(self) -> int:
        """Give the group a new address, as when a basic group becomes a supergroup."""
        new = Group(self._world, self.state.chat["title"])
        self.state.migrated_to = new.id
        return new.id

    def thread(self, words: str) -> int:
        """The number of the newest topic with ``words`` in its name."""
        found = [number for number, name in self.state.topics.items() if words in name]
        assert found, f"no topic with {words!r} among {self.state.topics}"
        return found[-1]

    def delete_topic(self, number: int) -> None:
        """Somebody of the group deletes a topic with all that is in it."""
        del self.state.topics[number]
        for key, message in list(self.state.messages.items()):
            if message.get("message_thread_id") == number:
                del self.state.messages[key]

    def shown(self) -> list[Seen]:
        """What the bot's messages look like now, oldest first."""
        return _bot_messages(self._world, self.id)


class Person:
    """Somebody with an account. Waits end with an ``AssertionError`` that tells what was seen."""

    def __init__(self, world: World, name: str, *, language: str, is_started: bool) -> None:
        self._world = world
        self.id = 4_000_000 + len(world.users)
        self.user = {
            "id": self.id,
            "is_bot": False,
            "first_name": name,
            "language_code": language,
        }
        world.users[self.id] = self.user
        self.state = world.add_chat({"id": self.id, "type": "private", "first_name": name})
        self.state.is_started = is_started
        self._position: dict[int, int] = {}

    async def says(
        self,
        text: str,
        *,
        chat: Group | None = None,
        topic: str | int | None = None,
        reply_to: int | None = None,
        **content: Any,
    ) -> int:
        """Send a text (or whatever ``content`` holds); returns the message's id."""
        body: dict[str, Any] = {**content}
        if text:
            key = "caption" if content else "text"
            body[key] = text
            found = _entities(text)
            if found:
                body["caption_entities" if content else "entities"] = found
        message = self._written(body, chat, topic, reply_to)
        await self._world.push("message", message)
        return int(message["message_id"])

    async def sends_photo(
        self, caption: str = "", *, album: str | None = None, chat: Group | None = None
    ) -> int:
        """Send a picture, in two sizes."""
        sizes = [
            {"file_id": f"photo-{size}", "file_unique_id": size, "width": 1, "height": 1}
            for size in ("small", "large")
        ]
        content: dict[str, Any] = {"photo": sizes}
        if album is not None:
            content["media_group_id"] = album
        return await self.says(caption, chat=chat, **content)

    async def edits(self, message_id: int, text: str) -> None:
        """Change an own message."""
        message = self.state.messages[message_id]
        message.update(text=text, edit_date=self._world.now())
        await self._world.push("edited_message", dict(message))

    async def presses(self, label: str, *, chat: Group | None = None) -> str:
        """Press the newest button called ``label``; returns the press's id."""
        chat_id = chat.id if chat is not None else self.id
        for message in reversed(self._world.chats[chat_id].messages.values()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if button["text"] == label and "callback_data" in button:
                        return await self.presses_data(button["callback_data"], message)
        raise AssertionError(f"no button {label!r} among {_bot_messages(self._world, chat_id)}")

    async def presses_data(self, data: str, message: dict[str, Any] | None) -> str:
        """Press a button with such data, whether or not the bot ever showed it."""
        press = f"press-{len(self._world.presses) + 1}"
        self._world.presses[press] = None
        query: dict[str, Any] = {
            "id": press,
            "from": self.user,
            "chat_instance": "1",
            "data": data,
        }
        if message is None:
            query["inline_message_id"] = next(iter(self._world.inline_messages), "inline-1")
        else:
            query["message"] = message
        await self._world.push("callback_query", query)
        return press

    async def queries(self, text: str) -> list[dict[str, Any]]:
        """Type after the bot's name in some chat; the results that are offered."""
        name = f"query-{len(self._world.queries) + 1}"
        self._world.queries[name] = None
        query = {"id": name, "from": self.user, "query": text, "offset": ""}
        await self._world.push("inline_query", query)
        await self._until(lambda: self._world.queries[name] is not None, f"an answer to {name}")
        answer = self._world.queries[name] or {}
        return list(answer["results"])

    async def blocks(self) -> None:
        """Block the bot."""
        self.state.is_blocked = True
        await self._changes_status("member", "kicked")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self.state.is_blocked = False
        await self._changes_status("kicked", "member")

    async def adds_bot(self, chat: Group) -> None:
        """Add the bot to a group."""
        await self._changes_status("left", "member", chat)

    async def removes_bot(self, chat: Group) -> None:
        """Throw the bot out of a group."""
        chat.state.is_kicked = True
        await self._changes_status("member", "kicked", chat)

    async def sees(self, text: str, *, chat: Group | None = None) -> Seen:
        """Wait until the bot shows (or edits in) ``text``, later than what was seen last."""
        chat_id = chat.id if chat is not None else self.id
        found: list[tuple[int, dict[str, Any]]] = []

        def is_there() -> bool:
            start = self._position.get(chat_id, 0)
            for number, (where, message) in enumerate(self._world.shown[start:], start):
                if where == chat_id and text in _words(message):
                    found.append((number, message))
                    return True
            return False

        await self._until(is_there, f"{text!r} in {_bot_messages(self._world, chat_id)}")
        self._position[chat_id] = found[0][0] + 1
        return _seen(found[0][1])

    async def sees_toast(self, press: str) -> str:
        """Wait until a press is answered; the words of its toast."""
        await self._until(lambda: self._world.presses[press] is not None, f"an answer to {press}")
        return str((self._world.presses[press] or {}).get("text", ""))

    def shown(self) -> list[Seen]:
        """What the bot's messages in the private chat look like now, oldest first."""
        return _bot_messages(self._world, self.id)

    def _written(
        self,
        body: dict[str, Any],
        chat: Group | None,
        topic: str | int | None,
        reply_to: int | None,
    ) -> dict[str, Any]:
        state = chat.state if chat is not None else self.state
        state.is_started = True
        if chat is not None and topic is not None:
            thread = chat.topics[topic] if isinstance(topic, str) else topic
            body.update(message_thread_id=thread, is_topic_message=True)
            body["reply_to_message"] = state.messages[thread]
        if reply_to is not None:
            body["reply_to_message"] = state.messages[reply_to]
        return self._world.add_message(state, self.user, body)

    async def _changes_status(self, old: str, new: str, chat: Group | None = None) -> None:
        state = chat.state if chat is not None else self.state
        member = {"user": self._world.bot, "until_date": 0}
        change = {
            "chat": state.chat,
            "from": self.user,
            "date": self._world.now(),
            "old_chat_member": {**member, "status": old},
            "new_chat_member": {**member, "status": new},
        }
        await self._world.push("my_chat_member", change)

    async def _until(self, is_so: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(WITHIN), self._world.changed:
                await self._world.changed.wait_for(is_so)
        except TimeoutError:
            name = self.user["first_name"]
            raise AssertionError(f"{name} waited in vain for {what}") from None


def _bot_messages(world: World, chat_id: int) -> list[Seen]:
    return [
        _seen(message)
        for message in world.chats[chat_id].messages.values()
        if message["from"]["id"] == world.bot["id"] and "forum_topic_created" not in message
    ]


def _seen(message: dict[str, Any]) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return Seen(
        message_id=message["message_id"],
        text=_words(message),
        buttons=tuple(button["text"] for row in rows for button in row),
        raw=message,
    )


def _words(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _entities(text: str) -> list[dict[str, Any]]:
    """The entities that Telegram's own clients would add."""
    found = []
    for match in re.finditer(r"(?<!\S)(/[a-z0-9_]+(@\w+)?|@\w+)", text):
        kind = "bot_command" if match.group().startswith("/") else "mention"
        offset = units(text[: match.start()])
        found.append({"type": kind, "offset": offset, "length": units(match.group())})
    return found
