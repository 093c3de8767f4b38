"""Pictures and documents of a draft: taken, checked against the platforms' limits, removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Final

from bot.attaching import FETCHABLE, LARGEST, MOST, file_name, is_program, megabytes, refusing
from bot.attaching import LIMITS as FILE_LIMITS
from bot.chat.events import FormSubmitted, IncomingFile
from bot.chat.forms import Field, Form, files_of
from bot.chat.messages import Message
from bot.chat.turn import Translate, Turn
from bot.store import Store
from bot.store.announcement_files import KeptFile
from handlers.announce_audience import PLATFORM_NAMES

FILE_FORM: Final = "announce.file"
_KINDS: Final = ("photo", "document")
LIGHT: Final = 1024 * 1024
"""Bytes of files that are shown again with each look at a draft."""


def file_form(_: Translate) -> Form:
    """Asks for one file, sent or forwarded."""
    return Form(
        id=FILE_FORM,
        title=_("A picture or a document"),
        fields=(
            Field(
                name="file",
                label=_("Send or forward it to me"),
                kind="file",
                hint=_("At most {size} MB for Discord, {most} MB for Telegram.", **_sizes()),
            ),
        ),
    )


async def take(turn: Turn, number: int, field: str) -> str:
    """Keep the files that came with an answer; returns what is wrong with them, if anything."""
    assert isinstance(turn.event, FormSubmitted)
    store: Store = turn.store
    files = files_of(dict(turn.event.values), field)
    kept = await store.announcement_files.of(number)
    where = turn.event.conversation
    if fault := _fault(files, len(kept), where.platform, turn._):
        return fault
    for file in files:
        await store.announcement_files.want(
            number, file, file_name(file.name, _media_type(file)), where
        )
    if files:
        await store.announcement_drafts.touch(number, turn.clock.now())
    return ""


def unready(files: Iterable[KeptFile], platforms: Collection[str], _: Translate) -> str:
    """Why a draft with these files cannot be sent to these platforms; empty where it can."""
    for file in files:
        if file.state == "wanted":
            return _("“{name}” is still on its way to me. Try again in a moment.", name=file.name)
        if file.state == "failed":
            return _(
                "“{name}” could not be had. Remove the files and send it again.", name=file.name
            )
        if (platform := refusing(file.size, platforms)) is not None:
            return _too_large(file.name, file.size, platform, _)
    return ""


def light(message: Message, _: Translate) -> Message:
    """The message for staff to look at: large files are named, not sent along each time."""
    if sum(len(file.data) for file in message.attachments) <= LIGHT:
        return message
    names = _("Files: {names}", names=", ".join(file.name for file in message.attachments))
    return replace(message, attachments=(), text=f"{message.text}\n\n{names}")


def files_text(files: Sequence[KeptFile], _: Translate) -> str:
    """The names and sizes in one line."""
    states = {"wanted": _("on its way"), "failed": _("could not be had"), "kept": ""}
    shown = []
    for file in files:
        notes = [_("{size} MB", size=megabytes(file.size)) if file.size else "", states[file.state]]
        shown.append(f"{file.name} ({', '.join(filter(None, notes))})")
    return ", ".join(shown)


def _fault(files: Sequence[IncomingFile], kept: int, platform: str, _: Translate) -> str:
    if kept + len(files) > MOST:
        return _("An announcement takes at most {count} files.", count=MOST)
    for file in files:
        name = file_name(file.name, _media_type(file))
        if file.kind not in _KINDS:
            return _("I take pictures and documents only, no recordings and films.")
        if is_program(name):
            return _("“{name}” is a program; I pass on pictures and documents only.", name=name)
        size = file.size or 0
        if size > FETCHABLE.get(platform, LARGEST):
            return _(
                "“{name}” has {size} MB, and I can fetch at most {most} MB here. Use "
                "`insop announce --attach` on the server.",
                name=name,
                size=megabytes(size),
                most=FETCHABLE[platform] // (1024 * 1024),
            )
    return ""


def _too_large(name: str, size: int, platform: str, _: Translate) -> str:
    return _(
        "“{name}” has {size} MB; {platform} takes at most {most} MB. Send a smaller one, or leave "
        "{platform} out.",
        name=name,
        size=megabytes(size),
        platform=PLATFORM_NAMES[platform],
        most=FILE_LIMITS[platform] // (1024 * 1024),
    )


def _sizes() -> dict[str, int]:
    return {
        "size": FILE_LIMITS["discord"] // (1024 * 1024),
        "most": FETCHABLE["telegram"] // (1024 * 1024),
    }


def _media_type(file: IncomingFile) -> str | None:
    return file.media_type or ("image/jpeg" if file.kind == "photo" else None)
