"""Messages as JSON, for outbox rows, replies on their way, and tests.

The form is versioned so that rows written by an older release can still be read.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import Any, Final

from bot.chat.actions import Action
from bot.chat.messages import (
    Attachment,
    Button,
    Choice,
    Delete,
    Edit,
    FileRef,
    LinkButton,
    Message,
    Notice,
    Row,
    Select,
)
from bot.chat.turn import Reply, Single

VERSION: Final = 1


def message_to_json(message: Message) -> str:
    """One line of JSON; attachments travel as base64, so keep them small."""
    return json.dumps(_message(message), ensure_ascii=False, separators=(",", ":"))


def message_from_json(text: str) -> Message:
    """The message again; raises ``ValueError`` on JSON that is not one."""
    return _read(json.loads(text))


def _read(data: Any) -> Message:
    if not isinstance(data, dict) or data.get("v") != VERSION:
        raise ValueError("not a message of a known version")
    return Message(
        text=data["text"],
        title=data.get("title", ""),
        footer=data.get("footer", ""),
        direction=data.get("direction", "ltr"),
        is_ephemeral=bool(data.get("ephemeral", False)),
        rows=tuple(tuple(_component(part) for part in row) for row in data.get("rows", ())),
        attachments=tuple(
            Attachment(
                name=part["name"],
                media_type=part["type"],
                data=base64.b64decode(part["data"]),
                alt=part.get("alt", ""),
            )
            for part in data.get("files", ())
        ),
        files=tuple(FileRef(**part) for part in data.get("refs", ())),
    )


def reply_to_json(reply: Reply) -> str | None:
    """A reply to keep until it is sent; None where there is nothing in it that can be kept."""
    parts = reply if isinstance(reply, tuple) else (reply,)
    kept: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Message():
                kept.append({"say": _message(part)})
            case Edit(message=message, message_id=message_id):
                kept.append({"edit": _message(message), "id": message_id})
            case Notice(text=text):
                kept.append({"notice": text})
            case Delete():
                kept.append({"delete": True})
            case _:
                return None
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def reply_from_json(text: str) -> tuple[Single, ...]:
    """The reply again; raises ``ValueError`` on JSON that is not one."""
    data = json.loads(text)
    if not isinstance(data, list):
        raise ValueError("not a reply")
    return tuple(_part(part) for part in data)


def _part(data: dict[str, Any]) -> Single:
    if "say" in data:
        return _read(data["say"])
    if "edit" in data:
        return Edit(message=_read(data["edit"]), message_id=data.get("id"))
    return Notice(text=data["notice"]) if "notice" in data else Delete()


def _message(message: Message) -> dict[str, Any]:
    data: dict[str, Any] = {"v": VERSION, "text": message.text}
    if message.title:
        data["title"] = message.title
    if message.footer:
        data["footer"] = message.footer
    if message.direction != "ltr":
        data["direction"] = message.direction
    if message.is_ephemeral:
        data["ephemeral"] = True
    if message.rows:
        data["rows"] = [[_component_data(part) for part in row] for row in message.rows]
    if message.files:
        data["refs"] = [asdict(file) for file in message.files]
    if message.attachments:
        data["files"] = [
            {
                "name": file.name,
                "type": file.media_type,
                "data": base64.b64encode(file.data).decode("ascii"),
                "alt": file.alt,
            }
            for file in message.attachments
        ]
    return data


def _component_data(part: Button | LinkButton | Select) -> dict[str, Any]:
    match part:
        case Button():
            return {"b": part.label, "a": part.action.pack(), "s": part.style}
        case LinkButton():
            return {"l": part.label, "u": part.url}
        case Select():
            return {
                "p": part.placeholder,
                "a": part.action.pack(),
                "c": [[choice.label, choice.value, choice.description] for choice in part.choices],
            }


def _component(data: dict[str, Any]) -> Button | LinkButton | Select:
    if "b" in data:
        return Button(
            label=data["b"], action=Action.unpack(data["a"]), style=data.get("s", "plain")
        )
    if "l" in data:
        return LinkButton(label=data["l"], url=data["u"])
    return Select(
        placeholder=data["p"],
        action=Action.unpack(data["a"]),
        choices=tuple(Choice(label=c[0], value=c[1], description=c[2]) for c in data["c"]),
    )


__all__ = [
    "VERSION",
    "Row",
    "message_from_json",
    "message_to_json",
    "reply_from_json",
    "reply_to_json",
]
