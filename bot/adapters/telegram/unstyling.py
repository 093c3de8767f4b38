"""A message's entities as the assistant's markup, so that forwarded words keep their look."""

from __future__ import annotations

from typing import Final

from telegram import Message, MessageEntity

from bot.chat.unstyling import Style, write_markup

_SIGNS: Final = {
    MessageEntity.BOLD: "**",
    MessageEntity.ITALIC: "*",
    MessageEntity.CODE: "`",
    MessageEntity.PRE: "`",
}


def markup_of(message: Message) -> str:
    """The text or caption with bold, italics, code and links as markup; empty without any.

    Other styles (underline, spoiler, quote) are not in the markup and are left out.
    """
    text = message.text or message.caption or ""
    units = text.encode("utf-16-le", "surrogatepass")
    styles = []
    for entity in message.entities or message.caption_entities or ():
        is_link = entity.type == MessageEntity.TEXT_LINK and entity.url
        if is_link or entity.type in _SIGNS:
            start = len(_decode(units[: entity.offset * 2]))
            end = len(_decode(units[: (entity.offset + entity.length) * 2]))
            sign, url = _SIGNS.get(entity.type, ""), entity.url if is_link else ""
            styles.append(Style(start=start, end=end, sign=sign, url=url or ""))
    return write_markup(text, styles) if styles else ""


def _decode(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
