"""An article as the terminal, Telegram and Discord show it, from the real renderers."""

from __future__ import annotations

import json
import sys

from rich.console import Console

from bot.adapters.console.render import show
from bot.app import Standalone, build_library
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.config import Settings
from bot.translating import translator

_NOBODY = ConversationRef(platform="telegram", chat_id="1")


def print_previews(article_id: str, language: str, settings: Settings) -> int:
    """Print the answer, and what "More" and "Sources" bring, for each platform."""
    messages = Standalone(build_library(settings), translator).preview(article_id, language)
    if messages is None:
        print(f"There is no article {article_id!r}.", file=sys.stderr)
        return 1
    console = Console(highlight=False)
    for message in messages:
        show(console, message, "INSOP assistant")
    for name, payloads in (
        ("Telegram", telegram_payloads(messages)),
        ("Discord", discord_payloads(messages)),
    ):
        print(f"\n{name}:")
        for payload in payloads:
            print(json.dumps(payload, ensure_ascii=False, indent=2))
    return 0


def telegram_payloads(messages: list[Message]) -> list[dict[str, object]]:
    """What the Bot API would get."""
    from bot.adapters.telegram.render import render

    return [
        {"method": call.method, **json.loads(json.dumps(call.parameters, default=_plain))}
        for message in messages
        for call in render(_NOBODY, message)
    ]


def discord_payloads(messages: list[Message]) -> list[dict[str, object]]:
    """What Discord would get."""
    from bot.adapters.discord.render import render

    found: list[dict[str, object]] = []
    for message in messages:
        for payload in render(message):
            shown: dict[str, object] = {}
            if payload.content:
                shown["content"] = payload.content
            if payload.embed:
                shown["embeds"] = [payload.embed.to_dict()]
            if payload.view:
                shown["components"] = payload.view.to_components()
            found.append(shown)
    return found


def _plain(value: object) -> object:
    to_dict = getattr(value, "to_dict", None)
    return to_dict() if to_dict else str(value)
