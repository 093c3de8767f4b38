"""The forms of a draft: its text, a version in another language, its time."""

from __future__ import annotations

from typing import Final

from bot.chat.forms import Field, Form
from bot.chat.messages import Choice
from bot.chat.turn import Translate
from handlers.announce_texts import LIMIT
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES

FORM: Final = "announce"
VERSION_FORM: Final = "announce.version"
TIME_FORM: Final = "announce.time"
HOUR_FORM: Final = "announce.hour"
DAYS: Final = ("1", "3", "7", "30")
"""How long an announcement may be worth reading; what has not left by then is dropped."""


def text_form(_: Translate) -> Form:
    """Begins a draft."""
    days = tuple(
        Choice(label=_.plural("{count} day", "{count} days", int(count)), value=count)
        for count in DAYS
    )
    topics = tuple(Choice(label=_(label), value=topic) for topic, label in RECEIVES.items())
    return Form(
        id=FORM,
        title=_("Announcement"),
        intro=_("It goes to nobody before you have seen it and said yes."),
        fields=(
            _text_field(_),
            _language_field(_, value=_.language),
            Field(name="topic", label=_("Topic"), kind="choice", choices=topics, value="news"),
            Field(
                name="days",
                label=_("How long is it worth reading?"),
                kind="choice",
                choices=days,
                value="7",
            ),
        ),
    )


def version_form(_: Translate) -> Form:
    """A version in another language, or a version replaced."""
    return Form(
        id=VERSION_FORM, title=_("Another language"), fields=(_language_field(_), _text_field(_))
    )


def time_form(_: Translate, zone: str) -> Form:
    """When the draft is to leave, in ``zone``."""
    return Form(
        id=TIME_FORM,
        title=_("When is it to leave?"),
        fields=(
            Field(
                name="time",
                label=_("Time ({zone})", zone=zone),
                hint=_("Like 2026-05-01 09:00, or +3h; leave it out for “at once”."),
                is_required=False,
                limit=40,
            ),
        ),
    )


def hour_form(_: Translate) -> Form:
    """When the draft is to leave, on each reader's own clock."""
    return Form(
        id=HOUR_FORM,
        title=_("On each reader's clock"),
        fields=(
            Field(
                name="time",
                label=_("Day and time"),
                hint=_("Like 2026-05-01 09:00. Each chat gets it when its own clock says so."),
                limit=40,
            ),
        ),
    )


def _text_field(_: Translate) -> Field:
    return Field(
        name="text",
        label=_("Text"),
        kind="text",
        limit=LIMIT,
        hint=_(
            "**Bold**, *italics*, lists and links are understood. You may forward a message, with "
            "a picture or a document."
        ),
        is_markup=True,
        has_files=True,
    )


def _language_field(_: Translate, value: str = "") -> Field:
    choices = tuple(Choice(label=name, value=code) for code, name in LANGUAGE_NAMES.items())
    return Field(
        name="language",
        label=_("In which language is it written?"),
        kind="choice",
        choices=choices,
        value=value,
    )
