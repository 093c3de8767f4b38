"""What announcements ask of the world beside the turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.chat.events import ConversationRef, Platform
from bot.chat.markup import utf16_length
from bot.chat.messages import Message
from bot.chat.previews import Bubble, Preview
from bot.chat.turn import Role


def _as_written(platform: Platform, message: Message) -> tuple[Bubble, ...]:
    length = utf16_length(message.text)
    return (Bubble(kind="text", text=message.text, length=length, limit=length),)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePorts:
    """``roles`` are those of the configuration by account; ``desks`` the secretariat's chats.

    ``contacts`` tells the accounts of each contact of ``contacts.toml``, as it stands now.
    """

    roles: Mapping[str, Role] = field(default_factory=dict)
    desks: Sequence[ConversationRef] = ()
    preview: Preview = _as_written
    contacts: Callable[[], Sequence[Sequence[str]]] = tuple
