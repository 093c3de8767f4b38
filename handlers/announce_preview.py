"""A draft as each platform will show it, by the platform's own renderer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from bot.chat.actions import Action
from bot.chat.errors import ChatError
from bot.chat.events import Platform
from bot.chat.markup import Raw
from bot.chat.messages import Button, Message, Row
from bot.chat.previews import Bubble, Preview
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import FALLBACK, Announcement
from handlers.announce_audience import ACTION, PLATFORM_NAMES
from handlers.settings import LANGUAGE_NAMES

_KINDS: Final[Mapping[str, str]] = {
    "text": N_("a text, {length} of {limit} characters"),
    "embed": N_("a box, {length} of {limit} characters"),
    "picture": N_("a picture, {length} of {limit} characters below it"),
    "document": N_("a document, {length} of {limit} characters below it"),
    "album": N_("several files together"),
}


class DraftPreview:
    """``preview`` is what would be sent, told in bubbles."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview

    def fault(self, texts: Mapping[str, Message], platforms: set[str], _: Translate) -> str:
        """Why a platform cannot show one of the texts; empty where all can."""
        for platform in sorted(platforms & set(PLATFORM_NAMES)):
            for message in texts.values():
                try:
                    self._preview(cast(Platform, platform), message)
                except ChatError:
                    return _(
                        "{platform} cannot show this message: it is too long or has too many "
                        "files. Please shorten it.",
                        platform=PLATFORM_NAMES[platform],
                    )
        return ""

    async def show(self, turn: Turn, told: Announcement, language: str) -> Reply:
        """One message a platform of the audience, in one language."""
        store: Store = turn.store
        _ = turn._
        texts = await store.announcements.texts(told.id)
        message = texts.get(language, texts[FALLBACK])
        platforms = told.audience.platforms or tuple(PLATFORM_NAMES)
        shown = [
            Message(
                title=_("On {platform}", platform=PLATFORM_NAMES[platform]),
                text=self._text(cast(Platform, platform), message, _),
                is_ephemeral=True,
            )
            for platform in platforms
            if platform in PLATFORM_NAMES
        ]
        return (*shown, self._languages(told, texts, _))

    def _text(self, platform: Platform, message: Message, _: Translate) -> str:
        try:
            bubbles = self._preview(platform, message)
        except ChatError:
            return self.fault({"": message}, {platform}, _)
        heading = _.plural("One message:", "{count} messages, one after the other:", len(bubbles))
        return "\n\n".join([heading, *(_bubble(bubble, _) for bubble in bubbles)])

    def _languages(self, told: Announcement, texts: Mapping[str, Message], _: Translate) -> Message:
        buttons = [
            Button(label=name, action=Action(ACTION, "preview", str(told.id), code))
            for code, name in LANGUAGE_NAMES.items()
            if code in texts
        ]
        back = Button(
            label=_("Back to the draft"),
            action=Action(ACTION, "show", str(told.id)),
            style="primary",
        )
        rows: tuple[Row, ...] = (tuple(buttons[:3]), tuple(buttons[3:]), (back,))
        text = _("See it in another language, or go back.")
        return Message(text=text, rows=tuple(row for row in rows if row), is_ephemeral=True)


def _bubble(bubble: Bubble, _: Translate) -> str:
    about = _(_KINDS[bubble.kind], length=bubble.length, limit=bubble.limit)
    parts = [f"*{about}*"]
    if bubble.files:
        parts.append(_("Files: {names}", names=", ".join(bubble.files)))
    if bubble.title:
        parts.append(_("**{title}**", title=bubble.title))
    if bubble.text:
        parts.append(Raw(bubble.text))
    if bubble.footer:
        parts.append(_("{footer}", footer=bubble.footer))
    parts += [_("Buttons: {labels}", labels=" · ".join(row)) for row in bubble.buttons if row]
    return "\n".join(parts)
