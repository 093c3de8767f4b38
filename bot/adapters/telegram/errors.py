"""Telegram's errors as the core's: what may be retried, and what may not.

Descriptions are those of the Bot API server; it has no error codes finer than HTTP's
(github.com/tdlib/telegram-bot-api, ``Client.cpp``, and core.telegram.org/bots/api#making-requests).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from bot.adapters.telegram.request import NotConnected, Throttled
from bot.chat.errors import (
    Ambiguous,
    ChatError,
    ConversationMoved,
    DeliveryError,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.events import ConversationRef

_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user is deactivated",
    "bot was kicked",
    "not enough rights to send text",
    "have no rights to send",
    "chat_write_forbidden",
)
_UNCHANGED: Final = "message is not modified"
_ENTITY: Final = ("can't parse", "entities", "entity_", "message entity")
_FILE: Final = ("wrong file identifier", "wrong remote file", "file_reference", "wrong file_id")
_NOT_THERE: Final = ("message to delete not found", "message to edit not found")
_NOT_TEXT: Final = ("there is no text in the message to edit",)


def delivery_error(error: TelegramError, to: ConversationRef) -> DeliveryError:
    """What ``error`` means for a message to ``to``."""
    match error:
        case Throttled():
            return RateLimited(error.retry_after)
        case ChatMigrated():
            return ConversationMoved(replace(to, chat_id=str(error.new_chat_id)))
        case Forbidden():
            return RecipientGone(error.message)
        case BadRequest():
            is_gone = _mentions(error, _GONE)
            return RecipientGone(error.message) if is_gone else Undeliverable(error.message)
        case NotConnected():
            return Unreachable(error.message)
        case InvalidToken() | EndPointNotFound():
            return Unreachable("the token was refused")
        case NetworkError():
            return Ambiguous(error.message)
        case _:
            return Undeliverable(error.message)


@contextmanager
def translated(to: ConversationRef) -> Iterator[None]:
    """Within it, Telegram's errors and messages that cannot be drawn are ``DeliveryError``."""
    try:
        yield
    except TelegramError as error:
        raise delivery_error(error, to) from error
    except ChatError as error:
        raise Undeliverable(str(error)) from error


def is_unchanged(error: DeliveryError) -> bool:
    """An edit would change nothing: as good as done."""
    return _UNCHANGED in str(error).lower()


def is_missing(error: DeliveryError) -> bool:
    """The message to change or delete is not there any more."""
    return any(part in str(error).lower() for part in _NOT_THERE)


def is_without_text(error: DeliveryError) -> bool:
    """The message to edit is a file with a caption."""
    return any(part in str(error).lower() for part in _NOT_TEXT)


def is_about_entities(error: TelegramError) -> bool:
    """The styling was refused; the same text without it may pass."""
    return isinstance(error, BadRequest) and _mentions(error, _ENTITY)


def is_about_file(error: TelegramError) -> bool:
    """The name of a file that was sent before was refused; its bytes may pass."""
    return isinstance(error, BadRequest) and _mentions(error, _FILE)


def _mentions(error: TelegramError, parts: tuple[str, ...]) -> bool:
    text = error.message.lower()
    return any(part in text for part in parts)
