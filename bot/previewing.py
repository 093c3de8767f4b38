"""How a message looks on each platform, by the platforms' own renderers."""

from __future__ import annotations

from bot.chat.events import Platform
from bot.chat.markup import utf16_length
from bot.chat.messages import Message
from bot.chat.previews import Bubble


def preview(platform: Platform, message: Message) -> tuple[Bubble, ...]:
    """See ``bot.chat.previews.Preview``. A platform's library is loaded when it is asked for."""
    if platform == "telegram":
        from bot.adapters.telegram.previewing import preview as on_telegram

        return on_telegram(message)
    if platform == "discord":
        from bot.adapters.discord.previewing import preview as on_discord

        return on_discord(message)
    names = tuple(file.name for file in message.attachments)
    length = utf16_length(message.text)
    return (Bubble(kind="text", text=message.text, length=length, limit=length, files=names),)
