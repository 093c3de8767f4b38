"""A message's entities as the assistant's markup, so that forwarded words keep their look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from telegram import Message, MessageEntity

from bot.chat.markup import escape

_SIGNS: Final = {
    MessageEntity.BOLD: "**",
    MessageEntity.ITALIC: "*",
    MessageEntity.CODE: "`",
    MessageEntity.PRE: "`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A style over part of a line, in code points."""

    start: int
    end: int
    opening: str
    closing: str


def markup_of(message: Message) -> str:
    """The text or caption with bold, italics, code and links as markup; empty without any.

    Other styles (underline, spoiler, quote) are not in the markup and are left out.
    """
    text = message.text or message.caption or ""
    runs = [
        run
        for entity in message.entities or message.caption_entities or ()
        for run in _runs(text, entity)
    ]
    return _written(text, runs) if runs else ""


def _runs(text: str, entity: MessageEntity) -> list[_Run]:
    """One for each line: the markup's styles end with the line."""
    if entity.type == MessageEntity.TEXT_LINK and entity.url:
        opening, closing = "[", f"]({entity.url})"
    elif entity.type in _SIGNS:
        opening = closing = _SIGNS[entity.type]
    else:
        return []
    units = text.encode("utf-16-le", "surrogatepass")
    start = len(_decode(units[: entity.offset * 2]))
    end = start + len(_decode(units[entity.offset * 2 : (entity.offset + entity.length) * 2]))
    found = []
    for line in text[start:end].split("\n"):
        bare = line.strip()
        if bare:
            first = start + len(line) - len(line.lstrip())
            last = first + len(bare)
            found.append(_Run(start=first, end=last, opening=opening, closing=closing))
        start += len(line) + 1
    return found


def _written(text: str, runs: Sequence[_Run]) -> str:
    edges = sorted({0, len(text), *(edge for run in runs for edge in (run.start, run.end))})
    parts: list[str] = []
    open_: list[_Run] = []
    for start, end in zip(edges, [*edges[1:], len(text)], strict=True):
        while open_ and open_[-1].end <= start:
            parts.append(open_.pop().closing)
        for run in runs:
            if run.start == start:
                open_.append(run)
                parts.append(run.opening)
        piece = text[start:end]
        is_code = any(run.opening == "`" for run in open_)
        parts.append(piece.replace("`", "'") if is_code else escape(piece))
    return "".join(parts)


def _decode(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
