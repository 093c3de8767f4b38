"""What comes out of an update, and the people and chats in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telegram import Chat, Message, User

from bot.chat.actions import Action
from bot.chat.cleaning import clean_line
from bot.chat.errors import ChatError
from bot.chat.events import Author, ConversationRef, Event

UNREADABLE_ACTION: Final = Action("unreadable")
"""Stands for button data that is no action: made by an older release, or by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotIdentity:
    """The bot's own account, from ``getMe``."""

    id: int
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An event and what is needed to answer it, where Telegram wants more than a chat."""

    event: Event
    quotes: str | None = None
    """The id of the message to quote in the answer: in groups, the asker's."""
    callback_id: str | None = None
    inline_id: str | None = None
    pressed: str | None = None
    """The id of the message whose button was pressed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """A group became a supergroup and has a new address."""

    old: ConversationRef
    new: ConversationRef


def conversation_of(chat: Chat, message: Message | None = None) -> ConversationRef:
    """The chat, and the topic where ``message`` stands in one."""
    is_topic = message is not None and message.is_topic_message and message.message_thread_id
    return ConversationRef(
        platform="telegram",
        chat_id=str(chat.id),
        thread_id=str(message.message_thread_id) if message is not None and is_topic else "",
        is_private=chat.type == Chat.PRIVATE,
    )


def private_chat(user: User) -> ConversationRef:
    """The person's chat with the bot; they may never have opened it."""
    return ConversationRef(platform="telegram", chat_id=str(user.id))


def person(user: User) -> Author:
    """Somebody's account."""
    return Author(
        platform="telegram",
        id=str(user.id),
        name=clean_line(user.full_name),
        locale=user.language_code,
    )


def action_of(data: str) -> Action:
    """The action of button data, or ``UNREADABLE_ACTION``."""
    try:
        return Action.unpack(data)
    except ChatError:
        return UNREADABLE_ACTION
