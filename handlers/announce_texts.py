"""The words of an announcement: one message a language, each with the way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.actions import Action
from bot.chat.markup import parse
from bot.chat.messages import Button, Message
from bot.chat.turn import Translate
from bot.store.announcements import FALLBACK
from bot.translating import direction
from handlers.descriptions import Translators
from handlers.settings import LANGUAGE_NAMES

NEWS: Final = "news"
"""The action of the buttons under an announcement."""
LIMIT: Final = 3500
"""Characters of a text, so that it stays one message on Telegram (4,096 with the way out)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What was written: texts by language, in markup. ``original`` serves where one is missing."""

    original: str
    texts: Mapping[str, str]

    def with_text(self, language: str, text: str) -> Wording:
        """The wording with one more version, or a version replaced."""
        return Wording(original=self.original, texts={**self.texts, language: text})


def compose(wording: Wording, translators: Translators) -> dict[str, Message]:
    """The message for each language, and the fallback for chats whose language is not known.

    Where a version is missing, the message says in the reader's language which one it is.
    """
    messages = {
        language: _message(wording, language, translators(language)) for language in LANGUAGE_NAMES
    }
    return {**messages, FALLBACK: messages[wording.original]}


def unclosed(text: str) -> str:
    """The sign of markup that was begun and not ended, and would be shown as it stands."""
    shown = parse(text.replace("\\*", "").replace("\\`", "").replace("\\[", "")).text
    return next((sign for sign in ("**", "`", "](") if sign in shown), "")


def recall_notes(original: str, translators: Translators) -> dict[str, Message]:
    """What stands in the place of a recalled announcement that cannot be taken away."""
    notes = {
        language: Message(text=translators(language)("This announcement was recalled."))
        for language in LANGUAGE_NAMES
    }
    return {**notes, FALLBACK: notes[original]}


def wording_of(messages: Mapping[str, Message]) -> Wording:
    """What ``compose`` was given."""
    fallback = messages[FALLBACK]
    original = next(code for code in LANGUAGE_NAMES if messages.get(code) == fallback)
    texts = {
        code: messages[code].text
        for code in LANGUAGE_NAMES
        if code == original or messages[code].text != fallback.text
    }
    return Wording(original=original, texts=texts)


def _message(wording: Wording, language: str, _: Translate) -> Message:
    footer = _("News of the INSOP network. To stop them: /stop")
    shown = language
    if language not in wording.texts:
        shown = wording.original
        note = _(
            "There is no version in your language yet; this one is in {language}.",
            language=LANGUAGE_NAMES[shown],
        )
        footer = f"{note} {footer}"
    stop = Button(label=_("Stop these messages"), action=Action(NEWS, "stop"))
    topics = Button(label=_("Choose topics"), action=Action(NEWS, "topics"))
    return Message(
        text=wording.texts[shown],
        footer=footer,
        rows=((stop, topics),),
        direction="rtl" if direction(shown) == "rtl" else "ltr",
    )


def parse_time(text: str, zone: str, now: datetime) -> datetime | None:
    """``2026-05-01 09:00`` in ``zone`` as UTC, or ``+3h``; None where it is neither.

    A time that the clocks skip moves forward, one that they repeat is the first of the two.
    """
    text = text.strip()
    unit = {"h": timedelta(hours=1), "d": timedelta(days=1), "m": timedelta(minutes=1)}
    if text[:1] == "+" and text[-1:] in unit and text[1:-1].isdecimal() and len(text) < 8:
        return now + int(text[1:-1]) * unit[text[-1]]
    wall = parse_wall_time(text)
    try:
        return None if wall is None else wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except OverflowError:
        return None


def parse_wall_time(text: str) -> datetime | None:
    """A day and time without a zone; None where it is neither."""
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M"):
        try:
            return datetime.strptime(text.strip(), form)  # noqa: DTZ007 - it has no zone
        except ValueError:
            continue
    return None


def is_past_everywhere(wall: datetime, now: datetime) -> bool:
    """Whether the time has passed on every clock, those of the last zone (UTC-12) too."""
    return wall.replace(tzinfo=timezone(timedelta(hours=-12))) <= now


def shown_time(moment: datetime, zone: str) -> str:
    """A moment for staff: wall time and zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
