"""An update of the Bot API as an event: who spoke where, and whether to the assistant.

In groups only what is said to the bot becomes an event (command, mention, reply, button); the
rest is neither stored nor looked at, even where the bot is an administrator and would see it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Any, Final

from telegram import CallbackQuery, Chat, ChatMemberUpdated, InlineQuery, Message, Update

from bot.adapters.telegram.content import (
    Written,
    has_content,
    incoming_files,
    text_of,
    written,
)
from bot.adapters.telegram.incoming import (
    BotIdentity,
    Incoming,
    Migration,
    action_of,
    conversation_of,
    person,
    private_chat,
)
from bot.adapters.telegram.render import INLINE_PREFIX
from bot.adapters.telegram.unstyling import markup_of
from bot.chat.cleaning import clean, clean_line
from bot.chat.events import (
    ActionPressed,
    Author,
    ChatStatusChanged,
    CommandInvoked,
    ConversationRef,
    InlineQueried,
    MemberJoined,
    MessageEdited,
    MessageReceived,
)
from bot.chat.ports import Clock

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "inline_query",
    "my_chat_member",
)
"""The kinds of update that are asked for; all others stay at Telegram."""

_GROUPS: Final = (Chat.GROUP, Chat.SUPERGROUP)
_ALBUMS_KEPT: Final = 256
_OUTSIDE: Final = ("left", "kicked")


class Inbound:
    """Reads updates. ``commands`` are the names that are ours without ``@bot`` in a group."""

    def __init__(
        self,
        identity: BotIdentity,
        commands: Collection[str],
        clock: Clock,
        *,
        desk_chat: int | None = None,
    ) -> None:
        self._desk_chat = desk_chat
        self._identity = identity
        self._commands = frozenset(commands)
        self._clock = clock
        self._albums: OrderedDict[str, None] = OrderedDict()

    def read(self, raw: dict[str, Any]) -> Incoming | Migration | None:
        """The event of an update, or None where there is nothing to answer.

        Raises ``ValueError`` where it is not an update at all.
        """
        try:
            # What lacks a part that the Bot API promises falls over here or on the way.
            return self._of(Update.de_json(raw, None))
        except (TypeError, KeyError, AttributeError, ValueError, OverflowError, OSError) as error:
            raise ValueError("not an update of the Bot API") from error

    def _of(self, update: Update) -> Incoming | Migration | None:
        name = str(update.update_id)
        if update.message is not None:
            return self._message(name, update.message)
        if update.channel_post is not None:
            return self._posted(name, update.channel_post)
        if update.edited_message is not None:
            return self._edited(name, update.edited_message)
        if update.callback_query is not None:
            return self._pressed(name, update.callback_query)
        if update.inline_query is not None:
            return self._queried(name, update.inline_query)
        if update.my_chat_member is not None:
            return self._status(name, update.my_chat_member)
        return None

    def _message(self, name: str, message: Message) -> Incoming | Migration | None:
        if message.migrate_to_chat_id is not None:
            old = conversation_of(message.chat)
            new = ConversationRef(
                platform="telegram", chat_id=str(message.migrate_to_chat_id), is_private=False
            )
            return Migration(old=old, new=new)
        heard = self._heard(message)
        if heard is None:
            return None
        author, words, is_addressed = heard
        conversation = conversation_of(message.chat, message)
        quotes = None if conversation.is_private else str(message.message_id)
        if words.command is not None:
            command = CommandInvoked(
                id=name,
                conversation=conversation,
                author=author,
                at=message.date,
                name=words.command,
                text=clean(words.text),
                message_id=str(message.message_id),
            )
            return Incoming(event=command, quotes=quotes)
        replied = _replied(message)
        is_to_us = replied is not None and self._is_ours(replied)
        received = MessageReceived(
            id=name,
            conversation=conversation,
            author=author,
            at=message.date,
            text=clean(words.text),
            message_id=str(message.message_id),
            markup="" if words.is_mention else clean(markup_of(message)),
            files=incoming_files(message),
            replied_to=str(replied.message_id) if replied is not None else None,
            replied_text=clean(text_of(replied)) if replied is not None and is_to_us else None,
            album=message.media_group_id,
            is_addressed=is_addressed,
        )
        return Incoming(event=received, quotes=quotes)

    def _posted(self, name: str, message: Message) -> Incoming | None:
        """A command in a channel, where only administrators write; nothing else is heard there."""
        words = written(message, self._identity)
        if words.command not in self._commands or words.is_for_other_bot:
            return None
        where = conversation_of(message.chat)
        title = clean_line(message.chat.title or "")
        author = Author(platform="telegram", id=where.chat_id, name=title, is_chat_admin=True)
        event = CommandInvoked(
            id=name,
            conversation=where,
            author=author,
            at=message.date,
            name=words.command or "",
            text=clean(words.text),
            message_id=str(message.message_id),
        )
        return Incoming(event=event)

    def _heard(self, message: Message) -> tuple[Author, Written, bool] | None:
        """Who said what, and whether to us; None where it is none of our business."""
        author = self._author(message)
        if author is None or not has_content(message):
            return None
        words = written(message, self._identity)
        is_addressed = self._is_addressed(message, words.is_mention, words.command)
        if words.is_for_other_bot or not (is_addressed or self._is_at_desk(message)):
            return None
        return author, words, is_addressed

    def _edited(self, name: str, message: Message) -> Incoming | None:
        heard = self._heard(message)
        if heard is None:
            return None
        author, words, is_addressed = heard
        event = MessageEdited(
            id=name,
            conversation=conversation_of(message.chat, message),
            author=author,
            at=message.edit_date or message.date,
            is_addressed=is_addressed,
            text=clean(text_of(message) if words.command else words.text),
            message_id=str(message.message_id),
        )
        return Incoming(event=event)

    def _pressed(self, name: str, query: CallbackQuery) -> Incoming | None:
        message = query.message
        if message is not None:
            whole = message if isinstance(message, Message) else None
            conversation = conversation_of(message.chat, whole)
            pressed = str(message.message_id)
        else:
            conversation = private_chat(query.from_user)
            pressed = f"{INLINE_PREFIX}{query.inline_message_id}"
        event = ActionPressed(
            id=name,
            conversation=conversation,
            author=person(query.from_user),
            at=self._clock.now(),
            action=action_of(query.data or ""),
            message_id=pressed,
        )
        return Incoming(event=event, callback_id=query.id, pressed=pressed)

    def _queried(self, name: str, query: InlineQuery) -> Incoming:
        event = InlineQueried(
            id=name,
            conversation=private_chat(query.from_user),
            author=person(query.from_user),
            at=self._clock.now(),
            text=clean(query.query),
        )
        return Incoming(event=event, inline_id=query.id)

    def _status(self, name: str, change: ChatMemberUpdated) -> Incoming | None:
        chat = change.chat
        is_private = chat.type == Chat.PRIVATE
        if not is_private and chat.type not in _GROUPS:
            return None
        was_in, is_in = (
            member.status not in _OUTSIDE and getattr(member, "is_member", True)
            for member in (change.old_chat_member, change.new_chat_member)
        )
        if was_in == is_in:
            return None
        who, where = person(change.from_user), conversation_of(chat)
        if is_in and not is_private:
            joined = MemberJoined(
                id=name, conversation=where, author=who, at=change.date, is_bot_itself=True
            )
            return Incoming(event=joined)
        changed = ChatStatusChanged(
            id=name,
            conversation=where,
            author=who,
            at=change.date,
            status="active" if is_in else "blocked" if is_private else "gone",
        )
        return Incoming(event=changed)

    def _author(self, message: Message) -> Author | None:
        """Who wrote it; None for channels, other bots and our own inline posts.

        Who writes in the name of a group or channel (an anonymous administrator) has its id,
        which is negative.
        """
        is_own = message.via_bot is not None and message.via_bot.id == self._identity.id
        if message.chat.type == Chat.CHANNEL or message.is_automatic_forward or is_own:
            return None
        if message.sender_chat is not None:
            name = clean_line(message.sender_chat.title or "")
            sender = message.sender_chat.id
            # In the group's own name only its administrators write.
            is_admin = sender == message.chat.id or None
            return Author(platform="telegram", id=str(sender), name=name, is_chat_admin=is_admin)
        if message.from_user is None or message.from_user.is_bot:
            return None
        return person(message.from_user)

    def _is_addressed(self, message: Message, is_mention: bool, command: str | None) -> bool:
        if message.chat.type == Chat.PRIVATE:
            return True
        replied = _replied(message)
        album = message.media_group_id
        is_addressed = (
            is_mention
            or (command is not None and command in self._commands)
            or (replied is not None and self._is_ours(replied))
            or (album is not None and album in self._albums)
        )
        if is_addressed and album is not None:
            self._albums[album] = None
            if len(self._albums) > _ALBUMS_KEPT:
                self._albums.popitem(last=False)
        return is_addressed

    def _is_at_desk(self, message: Message) -> bool:
        """Whether it stands in a topic of the desk, where contacts need not speak to the bot."""
        return message.chat.id == self._desk_chat and bool(message.is_topic_message)

    def _is_ours(self, message: Message) -> bool:
        return message.from_user is not None and message.from_user.id == self._identity.id


def _replied(message: Message) -> Message | None:
    """The message that a person chose to answer.

    In a topic every message seems to answer the one that opened the topic; that is not meant.
    """
    replied = message.reply_to_message
    return None if replied is None or replied.forum_topic_created is not None else replied
