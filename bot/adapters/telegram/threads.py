"""Topics of a forum group, one for each question (core.telegram.org/bots/api#createforumtopic)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from telegram.error import BadRequest, TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.adapters.telegram.errors import translated
from bot.adapters.telegram.render import address
from bot.chat.events import ConversationRef

TITLE_LIMIT: Final = 128
_NO_FORUM: Final = ("not a forum", "not enough rights", "chat_not_forum", "must be a supergroup")
_UNCHANGED: Final = ("topic_not_modified", "topic_closed", "already", "not_modified")


async def open_topic(api: TelegramApi, desk: ConversationRef, title: str) -> ConversationRef | None:
    """A new topic; None where the group has none, or the bot may not make any."""
    with translated(desk):
        parameters = {**address(replace(desk, thread_id="")), "name": title[:TITLE_LIMIT]}
        try:
            topic = await api.call(Call(method="createForumTopic", parameters=parameters))
        except BadRequest as error:
            if any(part in error.message.lower() for part in _NO_FORUM):
                return None
            raise
    return replace(desk, thread_id=str(topic["message_thread_id"]))


async def change_topic(
    api: TelegramApi, thread: ConversationRef, title: str, *, is_closed: bool
) -> None:
    """Rename it, then close or open it; that it is so already is fine."""
    with translated(thread):
        parameters = address(thread)
        name = {**parameters, "name": title[:TITLE_LIMIT]}
        await _quietly(api, Call(method="editForumTopic", parameters=name))
        method = "closeForumTopic" if is_closed else "reopenForumTopic"
        await _quietly(api, Call(method=method, parameters=parameters))


async def _quietly(api: TelegramApi, call: Call) -> None:
    try:
        await api.call(call)
    except TelegramError as error:
        if not any(part in error.message.lower() for part in _UNCHANGED):
            raise
