"""Rows of buttons as an inline keyboard (core.telegram.org/bots/api#inlinekeyboardmarkup)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from bot.adapters.telegram.styling import is_visible
from bot.chat.actions import Action
from bot.chat.cleaning import clean_line
from bot.chat.errors import ChatError
from bot.chat.messages import Button, LinkButton, Row, Select

BUTTONS_LIMIT: Final = 100
"""Buttons of one message; beyond it Telegram answers "REPLY_MARKUP_TOO_LONG"."""
ROW_LIMIT: Final = 8
"""Buttons side by side; clients show no more."""

_LABEL_LIMIT: Final = 64
_SHORT: Final = 16
"""Characters of a choice that still fits beside another on a small screen."""
_NAMELESS: Final = "•"


def keyboard(rows: Iterable[Row]) -> dict[str, Any] | None:
    """``reply_markup`` for the rows, or None without a button.

    A ``Select`` becomes rows of buttons. A link that is no public web address is left out, for
    Telegram would refuse the whole message. Raises ``ChatError``: over 100 buttons, or an action
    over 64 bytes.
    """
    drawn: list[list[dict[str, Any]]] = []
    for row in rows:
        beside: list[dict[str, Any]] = []
        for part in row:
            match part:
                case Button():
                    beside.append(_button(part))
                case LinkButton():
                    if _is_web_address(part.url):
                        beside.append({"text": _label(part.label), "url": part.url})
                case Select():
                    drawn += _chunks(beside, ROW_LIMIT)
                    beside = []
                    drawn += _choices(part)
        drawn += _chunks(beside, ROW_LIMIT)
    if not drawn:
        return None
    if sum(len(row) for row in drawn) > BUTTONS_LIMIT:
        raise ChatError(f"more than {BUTTONS_LIMIT} buttons under one message")
    return {"inline_keyboard": drawn}


def _button(button: Button) -> dict[str, Any]:
    drawn = {"text": _label(button.label), "callback_data": button.action.pack()}
    if button.style != "plain":
        drawn["style"] = button.style
    return drawn


def _choices(select: Select) -> list[list[dict[str, Any]]]:
    name, args = select.action.name, select.action.args
    buttons = [
        {
            "text": _label(choice.label),
            "callback_data": Action(name, *args, choice.value).pack(),
        }
        for choice in select.choices
    ]
    is_short = all(len(button["text"]) <= _SHORT for button in buttons)
    return _chunks(buttons, 2 if is_short else 1)


def _chunks(buttons: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    return [buttons[start : start + size] for start in range(0, len(buttons), size)]


def _label(text: str) -> str:
    label = clean_line(text, 1000)
    if not is_visible(label):
        return _NAMELESS
    return label if len(label) <= _LABEL_LIMIT else label[: _LABEL_LIMIT - 1] + "…"


def _is_web_address(url: str) -> bool:
    """What Telegram's server takes for a button: http(s) with a dotted host, or tg://."""
    if len(url) > 2048 or any(sign.isspace() or ord(sign) < 32 for sign in url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return bool(parts.netloc)
    is_named = "." in host.strip(".") and not any("\ud800" <= sign <= "\udfff" for sign in url)
    return parts.scheme in ("http", "https") and is_named
