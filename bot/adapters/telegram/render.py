"""A message as calls of the Bot API: pure, with every limit checked here."""

from __future__ import annotations

import re
from typing import Any, Final

from telegram import InputFile, InputMediaDocument, InputMediaPhoto

from bot.adapters.telegram.api import Call
from bot.adapters.telegram.forwarded import forwarded
from bot.adapters.telegram.keyboard import keyboard
from bot.adapters.telegram.styling import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    encodable,
    entities,
    is_visible,
    styled_parts,
)
from bot.chat.cleaning import clean_line
from bot.chat.errors import ChatError
from bot.chat.events import ConversationRef
from bot.chat.markup import Styled, parse, split, utf16_length
from bot.chat.messages import Attachment, InlineResult, Message

NOTICE_LIMIT: Final = 200
"""Characters of a toast (Bot API, answerCallbackQuery)."""
ATTACHMENT_LIMIT: Final = 50 * 1024 * 1024
"""Bytes of a file that a bot may send (core.telegram.org/bots/api#sending-files)."""
INLINE_LIMIT: Final = 50
"""Results of one inline query (Bot API, answerInlineQuery)."""

INLINE_PREFIX: Final = "inline:"
"""Begins our ids of messages that were posted through the inline mode into any chat."""

_PHOTO_LIMIT: Final = 10 * 1024 * 1024
_PHOTO_TYPES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_ALBUM: Final = 10
_CHAT_ID: Final = re.compile(r"-?[0-9]{1,18}")
_MESSAGE_ID: Final = re.compile(r"[0-9]{1,18}")
_NO_PREVIEW: Final = {"is_disabled": True}


def render(to: ConversationRef, message: Message, *, quoting: str | None = None) -> list[Call]:
    """The calls that send ``message``, in order; the keyboard is under the last.

    ``quoting`` is the id of the message that the first call answers. Raises ``ChatError`` where
    Telegram has no way to show it (nothing visible, too long, too many buttons).
    """
    parts, markup = styled_parts(message), keyboard(message.rows)
    files = [_checked(file) for file in message.attachments]
    if not parts and not files and not message.files:
        raise ChatError("a message without anything visible")
    is_bare_keyboard = markup is not None and not parts
    if len(message.files) == 1 and not files and len(parts) <= 1 and _fits_caption(parts):
        calls = forwarded(message.files, _caption(parts[0] if parts else None))
    elif message.files:
        calls = forwarded(message.files, singly=is_bare_keyboard)
        calls += _file_calls(files, singly=is_bare_keyboard)
        calls += [Call(method="sendMessage", parameters=_text(part)) for part in parts]
    elif len(files) == 1 and len(parts) <= 1 and _fits_caption(parts):
        caption = parts[0] if parts else _caption_of(files[0])
        calls = [_file_call(files[0], caption)]
    else:
        calls = _file_calls(files, singly=is_bare_keyboard)
        calls += [Call(method="sendMessage", parameters=_text(part)) for part in parts]
    if markup is not None:
        calls[-1].parameters["reply_markup"] = markup
    for number, call in enumerate(calls):
        call.parameters.update(address(to))
        if quoting is not None and number == 0:
            call.parameters["reply_parameters"] = {
                "message_id": int(quoting),
                "allow_sending_without_reply": True,
            }
    return calls


def render_edit(to: ConversationRef, message_id: str, message: Message) -> list[Call]:
    """The call that edits a text, and those that send what does not fit into it.

    Raises ``ChatError`` where it cannot be done in place: files, nothing visible, no such id.
    """
    parts, markup = styled_parts(message), keyboard(message.rows)
    if not parts or message.attachments:
        raise ChatError("an edit without anything visible, or with files")
    calls = [Call(method="editMessageText", parameters=_text(parts[0]))]
    calls[0].parameters.update(message_address(to, message_id))
    where = address(to)
    calls += [Call(method="sendMessage", parameters={**_text(part), **where}) for part in parts[1:]]
    if markup is not None:
        calls[-1].parameters["reply_markup"] = markup
    return calls


def render_caption(to: ConversationRef, message_id: str, message: Message) -> Call:
    """The call that edits the caption of a file instead; raises ``ChatError`` if too long."""
    parts, markup = styled_parts(message), keyboard(message.rows)
    if len(parts) != 1 or not _fits_caption(parts) or message.attachments:
        raise ChatError("an edit that no caption holds")
    call = Call(method="editMessageCaption", parameters=_caption(parts[0]))
    call.parameters.update(message_address(to, message_id))
    if markup is not None:
        call.parameters["reply_markup"] = markup
    return call


def render_result(result: InlineResult) -> dict[str, Any] | None:
    """An inline result that posts a text, or None where there is no text to post."""
    parts = styled_parts(result.message)
    title = clean_line(result.title, 128)
    if not parts or not title:
        return None
    drawn: dict[str, Any] = {
        "type": "article",
        "id": result.id[:64],
        "title": title,
        "description": clean_line(result.description, 256),
        "input_message_content": {
            "message_text": parts[0].text,
            "entities": entities(parts[0]),
            "link_preview_options": _NO_PREVIEW,
        },
    }
    markup = keyboard(result.message.rows)
    if markup is not None:
        drawn["reply_markup"] = markup
    return drawn


def address(to: ConversationRef) -> dict[str, Any]:
    """``chat_id`` and the topic; raises ``ChatError`` where they are not Telegram's ids."""
    if not _CHAT_ID.fullmatch(to.chat_id):
        raise ChatError("not the id of a Telegram chat")
    where: dict[str, Any] = {"chat_id": int(to.chat_id)}
    if to.thread_id:
        if not _MESSAGE_ID.fullmatch(to.thread_id):
            raise ChatError("not the id of a Telegram topic")
        where["message_thread_id"] = int(to.thread_id)
    return where


def message_address(to: ConversationRef, message_id: str) -> dict[str, Any]:
    """Where a sent message is; ``message_id`` may be that of a message posted inline."""
    if message_id.startswith(INLINE_PREFIX):
        return {"inline_message_id": message_id.removeprefix(INLINE_PREFIX)}
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ChatError("not the id of a Telegram message")
    return {"chat_id": address(to)["chat_id"], "message_id": int(message_id)}


def without_styling(call: Call) -> Call:
    """The same call with plain text."""
    styling = ("entities", "caption_entities")
    kept = {name: value for name, value in call.parameters.items() if name not in styling}
    return Call(method=call.method, parameters=kept)


def _text(styled: Styled) -> dict[str, Any]:
    drawn: dict[str, Any] = {"text": styled.text, "link_preview_options": _NO_PREVIEW}
    if styled.spans:
        drawn["entities"] = entities(styled)
    return drawn


def _caption(styled: Styled | None) -> dict[str, Any]:
    if styled is None or not is_visible(styled.text):
        return {}
    drawn: dict[str, Any] = {"caption": styled.text}
    if styled.spans:
        drawn["caption_entities"] = entities(styled)
    return drawn


def _caption_of(file: Attachment) -> Styled | None:
    """What a picture shows, said under it: Telegram has no text for screen readers."""
    if not file.alt:
        return None
    return split(parse(encodable(file.alt)[:TEXT_LIMIT]), CAPTION_LIMIT, utf16_length)[0]


def _fits_caption(parts: tuple[Styled, ...]) -> bool:
    return all(utf16_length(part.text) <= CAPTION_LIMIT for part in parts)


def _checked(file: Attachment) -> Attachment:
    if not file.data or len(file.data) > ATTACHMENT_LIMIT:
        raise ChatError("a file that is empty or above 50 MB")
    return file


def _is_photo(file: Attachment) -> bool:
    return file.media_type in _PHOTO_TYPES and len(file.data) <= _PHOTO_LIMIT


def _file_calls(files: list[Attachment], *, singly: bool) -> list[Call]:
    """Files of a kind together as albums, photos first; an album bears no buttons."""
    calls = []
    for is_photo in (True, False):
        kind = [file for file in files if _is_photo(file) is is_photo]
        for start in range(0, len(kind), _ALBUM):
            album = kind[start : start + _ALBUM]
            if len(album) == 1 or singly:
                calls += [_file_call(file, _caption_of(file)) for file in album]
            else:
                calls.append(_album_call(album, is_photo=is_photo))
    return calls


def _file_call(file: Attachment, caption: Styled | None) -> Call:
    content = InputFile(file.data, filename=_name(file))
    method, key = ("sendPhoto", "photo") if _is_photo(file) else ("sendDocument", "document")
    return Call(method=method, parameters={key: content, **_caption(caption)})


def _album_call(album: list[Attachment], *, is_photo: bool) -> Call:
    kind = InputMediaPhoto if is_photo else InputMediaDocument
    media = []
    for file in album:
        caption = _caption_of(file)
        content = InputFile(file.data, filename=_name(file), attach=True)
        media.append(kind(content, caption=caption.text if caption else None))
    return Call(method="sendMediaGroup", parameters={"media": media})


def _name(file: Attachment) -> str:
    return clean_line(file.name, 100).replace("/", "_") or "file"
