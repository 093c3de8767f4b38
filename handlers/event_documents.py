"""Documents of an event: taken from its organisers, given to those who come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.attaching import FETCHABLE, LARGEST, file_name, is_program, megabytes, refusing
from bot.chat.events import FormSubmitted, IncomingFile
from bot.chat.forms import files_of
from bot.chat.markup import escape
from bot.chat.messages import Message, Notice
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store
from bot.store.event_rows import Event, Meeting
from handlers.event_card import Reader
from handlers.noting import note

MOST: Final = 6
"""Documents of one event: each has a button on its card."""
_KINDS: Final = ("photo", "document")


async def take(turn: Turn, event: Event) -> str:
    """Keep the documents that came with a form; returns what to tell."""
    assert isinstance(turn.event, FormSubmitted)
    store: Store = turn.store
    values = dict(turn.event.values)
    files = files_of(values, "file")
    where = turn.event.conversation
    if fault := _fault(files, await store.event_documents.count(event.id), where.platform, turn._):
        return fault
    for file in files:
        name = file_name(file.name, _media_type(file))
        await store.event_documents.want(
            event.id,
            file,
            name=name,
            title=values.get("file", "").strip()[:200] or name,
            where=where,
            now=turn.clock.now(),
        )
    await note(turn, "event.file", detail=str(event.id))
    return turn._("Good, it stands with the event now. Those who come see it.")


async def give(turn: Turn, meeting: Meeting, reader: Reader, rest: Sequence[str]) -> Reply:
    """One document, for who may have it."""
    store: Store = turn.store
    _ = turn._
    if not reader.sees_files:
        return Notice(text=_("The documents are for those who come."))
    number = rest[0] if rest else ""
    found = None
    if number.isdecimal() and len(number) <= 18:
        found = await store.event_documents.get(int(number))
    if found is None or found.event_id != meeting.event.id:
        return Notice(text=_("This document is no longer there."))
    if found.state == "failed":
        if reader.may_manage:
            await store.event_texts.remove_file(int(number))
        return Notice(
            text=_("“{name}” could not be had. Its organiser may send it again.", name=found.name)
        )
    if found.file is None:
        return Notice(
            text=_("“{name}” is still on its way to me. Try again in a moment.", name=found.name)
        )
    if refusing(found.size, [turn.event.conversation.platform]) is not None:
        return Notice(
            text=_(
                "“{name}” has {size} MB, more than I can send here.",
                name=found.name,
                size=megabytes(found.size),
            )
        )
    turn.notes["decision"] = "event document"
    return Message(text=escape(found.name), attachments=(found.file,), is_ephemeral=True)


def _fault(files: Sequence[IncomingFile], kept: int, platform: str, _: Translate) -> str:
    if not files:
        return _("Please send a picture or a document.")
    if kept + len(files) > MOST:
        return _("An event takes at most {count} documents.", count=MOST)
    for file in files:
        name = file_name(file.name, _media_type(file))
        if file.kind not in _KINDS:
            return _("I take pictures and documents only, no recordings and films.")
        if is_program(name):
            return _("“{name}” is a program; I pass on pictures and documents only.", name=name)
        most = FETCHABLE.get(platform, LARGEST)
        if (file.size or 0) > most:
            return _(
                "“{name}” has {size} MB, and I can fetch at most {most} MB here.",
                name=name,
                size=megabytes(file.size or 0),
                most=most // (1024 * 1024),
            )
    return ""


def _media_type(file: IncomingFile) -> str | None:
    return file.media_type or ("image/jpeg" if file.kind == "photo" else None)
