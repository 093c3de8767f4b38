"""A ``Form`` as Discord's modals: up to five questions each, several in turn where it has more.

A modal's id holds the form's, so a form of up to five questions needs nothing to be kept; the
answers to a longer one wait in a ``DraftStore``.
Source: https://docs.discord.com/developers/components/reference#label
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.adapters.discord.components import CHOICES, label, options
from bot.chat.actions import Action
from bot.chat.cleaning import clean_line
from bot.chat.errors import ChatError
from bot.chat.events import IncomingFile
from bot.chat.forms import Field, Form, with_files
from bot.chat.messages import Select

PAGE: Final = 5
"""Inputs of one modal."""
TITLE_LIMIT: Final = 45
HINT_LIMIT: Final = 100
INPUT_LIMIT: Final = 4000
SEPARATOR: Final = ","
"""Between the values of a field of kind ``choices``."""

_PREFIX: Final = "m:"
_LABEL: Final = 18
"""Component type of a label, which wraps one input."""
_UPLOAD: Final = 19
"""Component type of a file upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModalRef:
    """Which form a submitted modal belongs to; ``draft_id`` is empty for a form of one page."""

    form_id: str
    draft_id: str
    page: int

    def pack(self) -> str:
        """The modal's id; raises ``ActionTooLong``."""
        return _PREFIX + Action("m", self.form_id, self.draft_id, str(self.page)).pack()

    @classmethod
    def unpack(cls, custom_id: str) -> ModalRef | None:
        """The reference, or None where the modal is not one of ours."""
        args = Action.unpack(custom_id.removeprefix(_PREFIX)).args if custom_id else ()
        if not custom_id.startswith(_PREFIX) or len(args) != 3 or not args[2].isdecimal():
            return None
        return cls(form_id=args[0], draft_id=args[1], page=int(args[2]))


def page_count(form: Form) -> int:
    """How many modals the form takes."""
    return max(1, -(-len(form.fields) // PAGE))


def build_modal(
    form: Form, *, draft_id: str = "", page: int = 0, values: Mapping[str, str] | None = None
) -> discord.ui.Modal:
    """One page of the form; raises ``ChatError`` where a modal cannot hold it."""
    if not form.fields:
        raise ChatError("a form without questions")
    pages = page_count(form)
    suffix = f" {page + 1}/{pages}" if pages > 1 else ""
    title = label(form.title, TITLE_LIMIT - len(suffix)) + suffix
    ref = ModalRef(form_id=form.id, draft_id=draft_id, page=page)
    modal = discord.ui.Modal(title=title, custom_id=ref.pack())
    for field in form.fields[page * PAGE : (page + 1) * PAGE]:
        value = (values or {}).get(field.name, field.value)
        modal.add_item(
            discord.ui.Label(
                text=label(field.label, TITLE_LIMIT),
                description=label(field.hint, HINT_LIMIT) if field.hint else None,
                component=_component(field, value),
            )
        )
    # discord.py would keep it until it is submitted, which may be never.
    modal.stop()
    return modal


def read_values(
    components: Iterable[Mapping[str, Any]], resolved: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The answers of a submitted modal by field name, empty where skipped.

    ``resolved`` holds the uploaded files by their ids.
    """
    values: dict[str, str] = {}
    for component in components:
        inputs = (
            [component.get("component", {})]
            if component.get("type") == _LABEL
            else component.get("components", [])
        )
        for part in inputs:
            name = part.get("custom_id")
            if part.get("type") == _UPLOAD:
                found = (resolved or {}).get("attachments", {})
                files = [_uploaded(found[each]) for each in part.get("values", ()) if each in found]
                values |= with_files({name: ""}, name, files)
            elif name is not None:
                value = part.get("value")
                values[name] = SEPARATOR.join(part.get("values", ())) if value is None else value
    return values


def _component(field: Field, value: str) -> discord.ui.Item[Any]:
    if field.kind == "file":
        return discord.ui.FileUpload(custom_id=field.name, required=field.is_required)
    return _choices(field, value) if field.choices else _text(field, value)


def _uploaded(attachment: Mapping[str, Any]) -> IncomingFile:
    media_type = attachment.get("content_type")
    is_photo = str(media_type or "").startswith("image/")
    return IncomingFile(
        kind="photo" if is_photo else "document",
        handle=str(attachment["url"]),
        name=clean_line(str(attachment.get("filename", ""))),
        media_type=media_type,
        size=attachment.get("size"),
    )


def _text(field: Field, value: str) -> discord.ui.TextInput[Any]:
    style = discord.TextStyle.short if field.kind == "line" else discord.TextStyle.paragraph
    limit = max(1, min(field.limit, INPUT_LIMIT))
    return discord.ui.TextInput(
        custom_id=field.name,
        style=style,
        required=field.is_required,
        max_length=limit,
        default=value[:limit] or None,
    )


def _choices(field: Field, value: str) -> discord.ui.Select[Any]:
    lines = options(Select(placeholder="", action=Action("choose"), choices=field.choices))
    chosen = value.split(SEPARATOR) if field.kind == "choices" else [value]
    for line in lines:
        line.default = line.value in chosen
    return discord.ui.Select(
        custom_id=field.name,
        options=lines,
        required=field.is_required,
        min_values=1 if field.is_required else 0,
        max_values=min(len(lines), CHOICES) if field.kind == "choices" else 1,
    )
