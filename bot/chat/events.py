"""What people do on a platform, told without the platform's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from bot.chat.actions import Action

Platform = Literal["telegram", "discord", "console", "email"]

ACCOUNT_MARK: Final = "user:"
"""Before an account's number where it stands for the private chat with that account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRef:
    """The address of a conversation, enough to send to it later.

    ``chat_id`` and ``thread_id`` are the platform's ids as text; ``thread_id`` is a
    Telegram topic or empty (a Discord thread is a channel of its own).
    """

    platform: Platform
    chat_id: str
    thread_id: str = ""
    is_private: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies the conversation in tables and locks."""
        return (self.platform, self.chat_id, self.thread_id)


def private_chat_with(platform: Platform, account_id: str) -> ConversationRef:
    """The private chat with an account, whether or not there has been one.

    It bears the account's number on Telegram and in the terminal; Discord gives it a number of
    its own when it is opened, so there the account stands for it.
    """
    mark = ACCOUNT_MARK if platform == "discord" else ""
    return ConversationRef(platform=platform, chat_id=f"{mark}{account_id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who did it. ``locale`` is what the platform told (BCP 47), or None.

    ``is_chat_admin``: whether they decide for the group or channel they speak in; None where that
    is not known.
    """

    platform: Platform
    id: str
    name: str
    locale: str | None = None
    is_chat_admin: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A photo, document or voice note, by the platform's own handle; bytes are not fetched."""

    kind: Literal["photo", "document", "voice", "audio", "video"]
    handle: str
    name: str | None = None
    media_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Event:
    """``id`` is unique on its platform and the same when the platform repeats itself.

    ``at`` is aware and in UTC. ``is_addressed`` is true in private chats, and in groups when
    the person spoke to the bot (command, mention, reply to it, button).
    """

    id: str
    conversation: ConversationRef
    author: Author
    at: datetime
    is_addressed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(_Event):
    """A text, photo or file. The bot's own name is already cut from ``text``.

    ``replied_to`` is the id of the message it answers, and ``replied_text`` that message's
    text when the bot wrote it. ``markup`` is the text with its styles as ``bot.chat.markup``,
    empty where it has none. ``is_automatic``: a program wrote it, such as a holiday notice.
    ``is_late``: it was said while the assistant was away, and comes together with others.
    """

    text: str
    message_id: str
    markup: str = ""
    files: tuple[IncomingFile, ...] = ()
    replied_to: str | None = None
    replied_text: str | None = None
    album: str | None = None
    is_automatic: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandInvoked(_Event):
    """``/name text``; ``options`` are a slash command's named values."""

    name: str
    text: str = ""
    options: tuple[tuple[str, str], ...] = ()
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPressed(_Event):
    """A button, or a choice from a select (then its value is the action's last argument)."""

    action: Action
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmitted(_Event):
    """A form filled in completely; ``values`` by field name, empty string where skipped."""

    form: str
    values: tuple[tuple[str, str], ...]

    def value(self, name: str) -> str:
        """The answer to one field, or an empty string."""
        return dict(self.values).get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineQueried(_Event):
    """Text typed after the bot's name in any chat, or into a slash command's option."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(_Event):
    """Somebody changed a message that the bot may have relayed."""

    text: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(_Event):
    """Somebody deleted a message (Discord tells; Telegram does not)."""

    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(_Event):
    """The bot or a person came into a chat; ``is_bot_itself`` tells which."""

    is_bot_itself: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStatusChanged(_Event):
    """The bot was blocked, unblocked, removed or let in again."""

    status: Literal["active", "blocked", "gone"]


Event = (
    MessageReceived
    | CommandInvoked
    | ActionPressed
    | FormSubmitted
    | InlineQueried
    | MessageEdited
    | MessageDeleted
    | MemberJoined
    | ChatStatusChanged
)
