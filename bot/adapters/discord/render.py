"""A ``Message`` as what Discord takes: embeds or plain content, components, files.

Limits: https://docs.discord.com/developers/resources/message#embed-object-embed-limits and
https://docs.discord.com/developers/resources/message#create-message
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.adapters.discord.components import build_view, label
from bot.adapters.discord.markdown import escape, tidy, to_markdown
from bot.chat.errors import ChatError
from bot.chat.markup import Styled, parse, plain, split, utf16_length
from bot.chat.messages import Attachment, Message

CONTENT_LIMIT: Final = 2000
DESCRIPTION_LIMIT: Final = 4096
TITLE_LIMIT: Final = 256
FOOTER_LIMIT: Final = 1000
"""Discord takes 2,048, but title, description and footer together may have 6,000 at most."""
FILES_LIMIT: Final = 10
ALT_LIMIT: Final = 1024

PARTS_LIMIT: Final = 20
"""Messages that one text may be cut into; a longer one is refused as a mistake."""
_TEXT_LIMIT: Final = PARTS_LIMIT * DESCRIPTION_LIMIT

_COLOUR: Final = 0x6B4F2A
_RIGHT_TO_LEFT_MARK: Final = "\u200f"
_NOTHING: Final = "\u200b"
"""Discord refuses a message without text; a message of buttons alone gets this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """One Discord message. Files can be read once only, so render again to send again."""

    content: str | None = None
    embed: discord.Embed | None = None
    view: discord.ui.View | None = None
    files: tuple[discord.File, ...] = ()

    def for_sending(self) -> dict[str, Any]:
        """Keyword arguments of ``send`` and its like."""
        wanted: dict[str, Any] = {}
        if self.content is not None:
            wanted["content"] = self.content
        if self.embed is not None:
            wanted["embed"] = self.embed
        if self.view is not None:
            wanted["view"] = self.view
        if self.files:
            wanted["files"] = list(self.files)
        return wanted

    def for_editing(self) -> dict[str, Any]:
        """Keyword arguments of ``edit`` and its like: what is not there is taken away."""
        return {
            "content": self.content,
            "embed": self.embed,
            "view": self.view,
            "attachments": list(self.files),
        }


def render(message: Message) -> tuple[Payload, ...]:
    """The messages to send, in order; components and files hang on the last one.

    Raises ``ChatError`` where no cutting makes it fit.
    """
    if len(message.text) > _TEXT_LIMIT:
        raise ChatError(f"a text of more than {_TEXT_LIMIT} characters")
    if len(message.attachments) > FILES_LIMIT:
        raise ChatError(f"more than {FILES_LIMIT} files")
    view = build_view(message.rows)
    files = tuple(_file(attachment) for attachment in message.attachments)
    styled = _parse(message)
    if _needs_embed(message, styled):
        embeds = _embeds(message, styled)
        parts = [Payload(embed=embed) for embed in embeds[:-1]]
        return (*parts, Payload(embed=embeds[-1], view=view, files=files))
    content = to_markdown(styled)
    if not content.strip():
        if view is None and not files:
            raise ChatError("a message without anything in it")
        content = _NOTHING
    return (Payload(content=content, view=view, files=files),)


def render_one(message: Message) -> Payload:
    """The message as one, for an edit: a text that needs more is cut with an ellipsis."""
    parts = render(message)
    if len(parts) == 1:
        return parts[0]
    embed = parts[0].embed
    assert embed is not None
    embed.description = f"{(embed.description or '')[: DESCRIPTION_LIMIT - 2]} …"
    if message.footer:
        embed.set_footer(text=_footer(message))
    return Payload(embed=embed, view=parts[-1].view, files=parts[-1].files)


def _parse(message: Message) -> Styled:
    text = tidy(message.text)
    if message.direction == "rtl":
        lines = text.split("\n")
        text = "\n".join(_RIGHT_TO_LEFT_MARK + line if line.strip() else line for line in lines)
    styled = parse(text)
    start = len(styled.text) - len(styled.text.lstrip())
    return styled.cut(start, len(styled.text.rstrip()) or start)


def _needs_embed(message: Message, styled: Styled) -> bool:
    if message.title.strip() or message.footer.strip():
        return True
    return utf16_length(to_markdown(styled)) > CONTENT_LIMIT


def _embeds(message: Message, styled: Styled) -> list[discord.Embed]:
    texts = _fit(styled, DESCRIPTION_LIMIT)
    if len(texts) > PARTS_LIMIT:
        raise ChatError(f"a text for more than {PARTS_LIMIT} messages")
    embeds = [discord.Embed(description=text, colour=_COLOUR) for text in texts]
    if title := message.title.strip():
        mark = _RIGHT_TO_LEFT_MARK if message.direction == "rtl" else ""
        embeds[0].title = _escaped(mark + plain(title), TITLE_LIMIT)
    if footer := _footer(message):
        embeds[-1].set_footer(text=footer)
    return embeds


def _footer(message: Message) -> str:
    """Footers show no Markdown, so nothing in them is escaped."""
    text = tidy(plain(message.footer)).strip()
    return text if utf16_length(text) <= FOOTER_LIMIT else _cut(text, FOOTER_LIMIT - 1) + "…"


def _escaped(text: str, limit: int) -> str:
    line = label(text, limit)
    escaped = escape(line)
    while utf16_length(escaped) > limit:
        line = line[:-2] + "…"
        escaped = escape(line)
    return escaped


def _fit(styled: Styled, limit: int) -> list[str]:
    """Markdown parts of at most ``limit``; its signs are only known once it is written."""
    budget = limit
    while True:
        parts = split(styled, budget, utf16_length)
        if len(parts) > PARTS_LIMIT:
            raise ChatError(f"a text for more than {PARTS_LIMIT} messages")
        written = [to_markdown(part, has_previews=False) for part in parts]
        longest = max(utf16_length(text) for text in written)
        if longest <= limit:
            return written
        budget = min(budget - 8, budget * limit // longest)
        if budget < 64:
            raise ChatError("a text that is nearly all markup")


def _cut(text: str, limit: int) -> str:
    measure: Callable[[str], int] = utf16_length
    return split(Styled(text=text), limit, measure)[0].text


def _file(attachment: Attachment) -> discord.File:
    return discord.File(
        io.BytesIO(attachment.data),
        filename=tidy(attachment.name),
        description=tidy(attachment.alt)[:ALT_LIMIT] or None,
    )
