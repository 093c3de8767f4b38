"""What the Bot API refuses in texts, entities and keyboards, in its own words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.telegram.loopback.world import bad_request


def units(text: str) -> int:
    """UTF-16 units, counted by encoding (not by the code under test)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(text: Any, entities: Any, *, limit: int, is_caption: bool = False) -> None:
    """Refuse what ``sendMessage`` refuses."""
    if not isinstance(text, str):
        raise bad_request("message text is empty")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    invisible = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
    if not is_caption and not text.translate({ord(sign): None for sign in invisible}).strip():
        raise bad_request("message text is empty")
    if units(text) > limit:
        raise bad_request("message caption is too long" if is_caption else "message is too long")
    _check_entities(text, entities or [])


def _check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    length = units(text)
    encoded = text.encode("utf-16-le", "surrogatepass")
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] <= 0 or end > length:
            raise bad_request("can't parse entities: entity is out of bounds")
        if any(0xDC <= encoded[at * 2 + 1] <= 0xDF for at in (start, end) if at < length):
            raise bad_request("can't parse entities: entity cuts a surrogate pair")
        if entity["type"] == "text_link" and not entity.get("url"):
            raise bad_request("can't parse entities: entity has no URL")


def check_markup(markup: Any) -> None:
    """Refuse what no inline keyboard may hold."""
    if markup is None:
        return
    rows = markup.get("inline_keyboard")
    if not isinstance(rows, list):
        raise bad_request("object expected as reply markup")
    if sum(len(row) for row in rows) > 100:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        if not row:
            raise bad_request("an empty row in the inline keyboard")
        for button in row:
            _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text", "")).strip():
        raise bad_request("inline keyboard button text must be non-empty")
    try:
        str(button).encode("utf-8")
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None
    kinds = [key for key in ("callback_data", "url") if key in button]
    if len(kinds) != 1:
        raise bad_request("Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button:
        size = len(button["callback_data"].encode())
        if not 1 <= size <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    else:
        check_url(button["url"])


def check_url(url: str) -> None:
    """Refuse a link that no button may hold."""
    parts = urlsplit(url)
    is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    is_clean = not any(sign.isspace() for sign in url)
    if not (is_clean and (is_web or parts.scheme == "tg")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
