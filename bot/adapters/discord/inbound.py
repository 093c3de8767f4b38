"""What discord.py delivers, as events.

Without the privileged intent for message content, Discord gives the text of direct messages, of
messages that mention the bot (an answer to it with the ping left on is one), of what a context
menu is used on, and nothing else: such other messages come with an empty text.
Source: https://docs.discord.com/developers/events/gateway#message-content-intent
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import discord

from bot.chat.actions import Action
from bot.chat.cleaning import clean, clean_line
from bot.chat.events import (
    ActionPressed,
    Author,
    CommandInvoked,
    ConversationRef,
    FormSubmitted,
    IncomingFile,
    InlineQueried,
    MemberJoined,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
)

_SPOKEN: Final = (discord.MessageType.default, discord.MessageType.reply)


def conversation_of(channel_id: int, *, is_private: bool) -> ConversationRef:
    """The address of a channel, a thread or a direct message."""
    return ConversationRef(platform="discord", chat_id=str(channel_id), is_private=is_private)


def author_of(user: discord.abc.User, locale: discord.Locale | None = None) -> Author:
    """Who it is, under the name shown in that place."""
    return Author(
        platform="discord",
        id=str(user.id),
        name=clean_line(user.display_name),
        locale=None if locale is None else locale.value,
    )


def message_received(message: discord.Message, me: discord.abc.User) -> MessageReceived | None:
    """The event of a message, or None where it is not meant for the bot.

    Bots, webhooks and system messages are not heard, nor what is said in a channel without
    speaking to the bot.
    """
    if message.author.bot or message.webhook_id or message.type not in _SPOKEN:
        return None
    is_private = _is_private(message)
    answered = _answered(message)
    is_answer = answered is not None and answered.author.id == me.id
    if not (is_private or is_answer or _is_mentioned(message, me)):
        return None
    return MessageReceived(
        id=str(message.id),
        conversation=conversation_of(message.channel.id, is_private=is_private),
        author=author_of(message.author),
        at=message.created_at,
        text=text_of(message, me),
        message_id=str(message.id),
        files=tuple(_file(attachment) for attachment in message.attachments),
        replied_to=_answered_id(message),
        replied_text=shown_text(answered) if answered is not None and is_answer else None,
    )


def message_edited(message: discord.Message, me: discord.abc.User) -> MessageEdited | None:
    """The event of an edit by a person, or None: Discord also tells when a link's preview loads."""
    if message.author.bot or message.edited_at is None:
        return None
    is_private = _is_private(message)
    if not (is_private or _is_mentioned(message, me)):
        return None
    return MessageEdited(
        id=f"{message.id}-edit-{message.edited_at.timestamp():.3f}",
        conversation=conversation_of(message.channel.id, is_private=is_private),
        author=author_of(message.author),
        at=message.edited_at,
        text=text_of(message, me),
        message_id=str(message.id),
    )


def message_deleted(
    message_id: int, conversation: ConversationRef, author: Author, at: datetime
) -> MessageDeleted:
    """The event of a deletion. Discord does not say who deleted; ``author`` wrote the message."""
    return MessageDeleted(
        id=f"{message_id}-delete",
        conversation=conversation,
        author=author,
        at=at,
        message_id=str(message_id),
    )


def bot_joined(
    guild: discord.Guild, channel_id: int, me: discord.abc.User, at: datetime
) -> MemberJoined:
    """The event of the bot coming into a server. Discord does not say who let it in."""
    joined = guild.me.joined_at
    return MemberJoined(
        id=f"{guild.id}-join-{(joined or at).timestamp():.0f}",
        conversation=conversation_of(channel_id, is_private=False),
        author=author_of(me),
        at=joined or at,
        is_bot_itself=True,
    )


def person_joined(member: discord.Member, channel_id: int, at: datetime) -> MemberJoined:
    """The event of a person coming into a server. Only its language is known, not theirs."""
    joined = member.joined_at or at
    return MemberJoined(
        id=f"{member.guild.id}-{member.id}-join-{joined.timestamp():.0f}",
        conversation=conversation_of(channel_id, is_private=False),
        author=author_of(member, member.guild.preferred_locale),
        at=joined,
    )


def command_invoked(
    interaction: discord.Interaction[Any],
    name: str,
    text: str = "",
    *,
    option: str | None = None,
    message_id: int | None = None,
) -> CommandInvoked:
    """The event of a slash command, or of a message menu (then with the message's id)."""
    cleaned = clean(text)
    return CommandInvoked(
        **_origin(interaction),
        name=name,
        text=cleaned,
        options=((option, cleaned),) if option is not None and cleaned else (),
        message_id=None if message_id is None else str(message_id),
    )


def action_pressed(interaction: discord.Interaction[Any], action: Action) -> ActionPressed:
    """The event of a button or select."""
    message = interaction.message
    return ActionPressed(
        **_origin(interaction),
        action=action,
        message_id=None if message is None else str(message.id),
    )


def form_submitted(
    interaction: discord.Interaction[Any], form_id: str, values: Iterable[tuple[str, str]]
) -> FormSubmitted:
    """The event of a form's last modal."""
    cleaned = tuple((name, clean(value)) for name, value in values)
    return FormSubmitted(**_origin(interaction), form=form_id, values=cleaned)


def inline_queried(interaction: discord.Interaction[Any], text: str) -> InlineQueried:
    """The event of a letter typed into a command's option."""
    return InlineQueried(**_origin(interaction), text=clean(text))


def text_of(message: discord.Message, me: discord.abc.User) -> str:
    """What a person wrote, without the bot's name and with other people's names for their ids."""
    text = re.sub(rf"[ \t]*<@!?{me.id}>[ \t]*", " ", message.content)
    for user in message.mentions:
        text = re.sub(rf"<@!?{user.id}>", f"@{clean_line(user.display_name)}", text)
    return clean(text)


def shown_text(message: discord.Message) -> str:
    """What stands in a message, embeds included."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or ""]
    return clean("\n".join(part for part in parts if part))


def _origin(interaction: discord.Interaction[Any]) -> dict[str, Any]:
    channel_id = interaction.channel_id or interaction.user.id
    return {
        "id": str(interaction.id),
        "conversation": conversation_of(channel_id, is_private=interaction.guild_id is None),
        "author": replace(
            author_of(interaction.user, interaction.locale), is_chat_admin=_is_admin(interaction)
        ),
        "at": interaction.created_at,
    }


def _is_admin(interaction: discord.Interaction[Any]) -> bool | None:
    """Whether somebody may manage the server or the channel; Discord tells with each press."""
    if interaction.guild_id is None:
        return None
    rights = interaction.permissions
    return rights.administrator or rights.manage_guild or rights.manage_channels


def _is_private(message: discord.Message) -> bool:
    """A server that is not known yet (during an outage) is a server all the same."""
    return message.guild is None and getattr(message.channel, "guild_id", None) is None


def _is_mentioned(message: discord.Message, me: discord.abc.User) -> bool:
    return any(user.id == me.id for user in message.mentions)


def _answered_id(message: discord.Message) -> str | None:
    reference = message.reference
    if reference is None or reference.message_id is None:
        return None
    return str(reference.message_id)


def _answered(message: discord.Message) -> discord.Message | None:
    reference = message.reference
    resolved = None if reference is None else reference.resolved
    return resolved if isinstance(resolved, discord.Message) else None


def _file(attachment: discord.Attachment) -> IncomingFile:
    kinds: dict[str, Any] = {"image": "photo", "audio": "audio", "video": "video"}
    media_type = attachment.content_type
    kind = kinds.get((media_type or "").partition("/")[0], "document")
    return IncomingFile(
        kind="voice" if attachment.is_voice_message() else kind,
        handle=attachment.url,
        name=clean_line(attachment.filename),
        media_type=media_type,
        size=attachment.size,
    )
