"""Topics of forum groups: made, renamed, closed, opened again, deleted."""

from __future__ import annotations

from typing import Any

from tests.telegram.loopback.world import ChatState, World, bad_request

Parameters = dict[str, Any]
Files = dict[str, tuple[str, bytes]]


class TopicMethods:
    """Each public method is one of the Bot API, by its own name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def createForumTopic(self, given: Parameters, files: Files) -> dict[str, Any]:  # noqa: N802
        state = self._forum(given)
        name = str(given["name"])
        if not 1 <= len(name) <= 128:
            raise bad_request("TOPIC_TITLE_INVALID")
        opened = self._world.add_message(
            state, self._world.bot, {"forum_topic_created": {"name": name, "icon_color": 1}}
        )
        number = opened["message_id"]
        state.topics[number] = name
        return {"message_thread_id": number, "name": name, "icon_color": 1}

    def editForumTopic(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        state, number = self._topic(given)
        if state.topics[number] == given["name"]:
            raise bad_request("TOPIC_NOT_MODIFIED")
        state.topics[number] = str(given["name"])
        return True

    def closeForumTopic(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        state, number = self._topic(given)
        if number in state.closed_topics:
            raise bad_request("TOPIC_NOT_MODIFIED")
        state.closed_topics.add(number)
        return True

    def reopenForumTopic(self, given: Parameters, files: Files) -> bool:  # noqa: N802
        state, number = self._topic(given)
        if number not in state.closed_topics:
            raise bad_request("TOPIC_NOT_MODIFIED")
        state.closed_topics.discard(number)
        return True

    def _topic(self, given: Parameters) -> tuple[ChatState, int]:
        state, number = self._forum(given), int(given["message_thread_id"])
        if number not in state.topics:
            raise bad_request("message thread not found")
        return state, number

    def _forum(self, given: Parameters) -> ChatState:
        state = self._world.writable(int(given["chat_id"]))
        if not state.chat.get("is_forum"):
            raise bad_request("the chat is not a forum")
        return state
