"""What the renderer makes of a message, for somebody who wants to see it before it is sent."""

from __future__ import annotations

from typing import Any

from bot.adapters.discord.render import CONTENT_LIMIT, DESCRIPTION_LIMIT, Payload, render
from bot.chat.markup import utf16_length
from bot.chat.messages import Message
from bot.chat.previews import Bubble


def preview(message: Message) -> tuple[Bubble, ...]:
    """A bubble for each message that ``send`` would make; raises ``ChatError`` as it does."""
    return tuple(_bubble(payload) for payload in render(message))


def _bubble(payload: Payload) -> Bubble:
    embed = payload.embed
    text = (embed.description if embed is not None else payload.content) or ""
    footer = embed.footer.text if embed is not None else None
    components = payload.view.to_components() if payload.view is not None else []
    return Bubble(
        kind="text" if embed is None else "embed",
        # What Discord is sent is Markdown, of which the assistant's markup is a part.
        text=text,
        length=utf16_length(text),
        limit=CONTENT_LIMIT if embed is None else DESCRIPTION_LIMIT,
        title=(embed.title or "") if embed is not None else "",
        footer=footer or "",
        buttons=tuple(_labels(row) for row in components),
        files=tuple(file.filename for file in payload.files),
    )


def _labels(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(part.get("label") or part.get("placeholder") or "") for part in row["components"]
    )
