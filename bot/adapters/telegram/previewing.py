"""What the renderer makes of a message, for somebody who wants to see it before it is sent."""

from __future__ import annotations

from typing import Any, Final, Literal

from telegram import InputFile

from bot.adapters.telegram.api import Call
from bot.adapters.telegram.render import render
from bot.adapters.telegram.styling import CAPTION_LIMIT, TEXT_LIMIT, styled_parts
from bot.chat.events import ConversationRef
from bot.chat.markup import Styled, utf16_length
from bot.chat.messages import Message
from bot.chat.previews import Bubble
from bot.chat.unstyling import markup_from

_SOMEBODY: Final = ConversationRef(platform="telegram", chat_id="1")


def preview(message: Message) -> tuple[Bubble, ...]:
    """A bubble for each call that ``send`` would make; raises ``ChatError`` as it does."""
    styles = {part.text: part for part in styled_parts(message)}
    return tuple(_bubble(call, styles) for call in render(_SOMEBODY, message))


def _bubble(call: Call, styles: dict[str, Styled]) -> Bubble:
    kinds: dict[str, Literal["text", "picture", "document", "album"]] = {
        "sendPhoto": "picture",
        "sendDocument": "document",
        "sendMediaGroup": "album",
    }
    kind = kinds.get(call.method, "text")
    text = str(call.parameters.get("text" if kind == "text" else "caption", ""))
    return Bubble(
        kind=kind,
        text=markup_from(styles.get(text, Styled(text=text))),
        length=utf16_length(text),
        limit=TEXT_LIMIT if kind == "text" else CAPTION_LIMIT,
        buttons=_buttons(call.parameters.get("reply_markup")),
        files=_files(call.parameters),
    )


def _buttons(markup: Any) -> tuple[tuple[str, ...], ...]:
    data = markup.to_dict() if hasattr(markup, "to_dict") else markup or {}
    return tuple(
        tuple(str(button["text"]) for button in row) for row in data.get("inline_keyboard", ())
    )


def _files(parameters: dict[str, Any]) -> tuple[str, ...]:
    single = [parameters[key] for key in ("photo", "document") if key in parameters]
    several = [part.media for part in parameters.get("media", ())]
    return tuple(str(file.filename) for file in (*single, *several) if isinstance(file, InputFile))
