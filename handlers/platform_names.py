"""What people call the platforms."""

from __future__ import annotations

from typing import Final

from bot.chat.turn import Translate

_NAMES: Final = {"telegram": "Telegram", "discord": "Discord", "console": "Terminal"}


def platform_name(platform: str, translate: Translate) -> str:
    """Names are the same in all languages; mail is a word."""
    return translate("E-mail") if platform == "email" else _NAMES.get(platform, platform)
