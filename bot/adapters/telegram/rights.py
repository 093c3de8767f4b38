"""Who decides for a group: asked of Telegram where the update does not tell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import structlog
from telegram import ChatMember
from telegram.error import TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.chat.events import ActionPressed, CommandInvoked, Event

_ADMINS: Final = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
_PATIENCE: Final = 5.0
"""Seconds that somebody who pressed a button can be kept waiting for this."""

_log = structlog.get_logger(__name__)


async def with_rights(api: TelegramApi, event: Event, asked: Collection[str]) -> Event:
    """The event with its author's rights, where its command or action is among ``asked``.

    Where Telegram does not answer, they stay unknown, which counts as none.
    """
    name = ""
    if isinstance(event, CommandInvoked):
        name = event.name
    elif isinstance(event, ActionPressed):
        name = event.action.name
    author, where = event.author, event.conversation
    if name not in asked or where.is_private or author.is_chat_admin is not None:
        return event
    if author.id.startswith("-"):
        return event
    call = Call(
        method="getChatMember",
        parameters={"chat_id": int(where.chat_id), "user_id": int(author.id)},
    )
    try:
        found = await api.call(call, read_timeout=_PATIENCE)
    except TelegramError as error:
        _log.warning("telegram.rights.unknown", update=event.id, error=type(error).__name__)
        return event
    is_admin = found.get("status") in _ADMINS
    return replace(event, author=replace(author, is_chat_admin=is_admin))
