"""To whom an announcement goes: in words, in numbers, and chosen by button."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.chat.actions import Action
from bot.chat.forms import Field, Form
from bot.chat.markup import escape
from bot.chat.messages import Button, Choice, Edit, Message, Notice, Row, Select
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import Announcement
from bot.store.audience import Audience
from handlers.join_fields import INTERESTS, STAKEHOLDERS
from handlers.settings import LANGUAGE_NAMES
from knowledge.countries import country_name, find_country

ACTION: Final = "announce"
COUNTRY_FORM: Final = "announce.country"
PLATFORM_NAMES: Final = {"telegram": "Telegram", "discord": "Discord"}
KINDS: Final[Mapping[str, str]] = {
    "private": N_("private chats only"),
    "group": N_("groups and channels only"),
}
KIND_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "private": ("private",),
    "group": ("group", "channel"),
}
"""A choice, and the kinds of chat that it stands for."""

EVENTS: Final = 16
"""Events to come that are offered; a list on Discord holds 25 lines."""

_FIELDS: Final = {
    "platform": "platforms",
    "language": "languages",
    "country": "countries",
    "group": "stakeholders",
    "interest": "interests",
    "kind": "kinds",
}
_LABELS: Final = {
    "platform": N_("Platform"),
    "language": N_("Language"),
    "country": N_("Country"),
    "group": N_("Group"),
    "interest": N_("Interest"),
    "kind": N_("Chats"),
}
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "platform": PLATFORM_NAMES,
    "language": LANGUAGE_NAMES,
    "group": STAKEHOLDERS,
    "interest": INTERESTS,
    "kind": KINDS,
}


class AudiencePicker:
    """Each choice narrows the audience; pressed again, it is taken back."""

    async def handle(self, turn: Turn, told: Announcement, kind: str, rest: list[str]) -> Reply:
        """A button of the picker: ``who``, ``by`` a field, ``pick`` a value, ``everybody``."""
        match (kind, rest):
            case ("by", ["country"]):
                return country_form(told.audience, turn._)
            case ("by", ["event"]):
                return Edit(message=await self._events(turn, told))
            case ("pick", ["event", number]) if number.isdecimal() and len(number) < 18:
                chosen = None if told.audience.event == int(number) else int(number)
                told = await self._set(turn, told, replace(told.audience, event=chosen))
                return Edit(message=await self._events(turn, told))
            case ("by", [name]) if name in _NAMES:
                return Edit(message=await self._values(turn, told, name))
            case ("pick", [name, value]) if value in _NAMES.get(name, {}):
                told = await self._set(turn, told, _toggled(told.audience, name, value))
                return Edit(message=await self._values(turn, told, name))
            case ("everybody", []):
                told = await self._set(turn, told, Audience(topic=told.audience.topic))
                return Edit(message=await self.show(turn, told))
            case ("who", []):
                return Edit(message=await self.show(turn, told))
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def show(self, turn: Turn, told: Announcement) -> Message:
        """The audience as it stands, and what it can be narrowed by."""
        _, number = turn._, str(told.id)
        every = Button(label=_("Everybody"), action=Action(ACTION, "everybody", number))
        fields = [
            Button(label=_(label), action=Action(ACTION, "by", number, name))
            for name, label in _LABELS.items()
        ]
        back = Button(
            label=_("Back to the draft"), action=Action(ACTION, "show", number), style="primary"
        )
        event = Button(label=_("Event"), action=Action(ACTION, "by", number, "event"))
        rows: tuple[Row, ...] = (tuple(fields[:3]), tuple(fields[3:]), (event, every), (back,))
        return await self._message(turn, told, rows)

    async def set_countries(self, turn: Turn, told: Announcement, text: str) -> Reply:
        """The answer to the form; what is no country is asked about once more."""
        codes, unknown = countries_in(text)
        if unknown:
            fault = turn._("I do not know a country called “{name}”.", name=unknown)
            return (
                Message(text=fault, is_ephemeral=True),
                country_form(told.audience, turn._),
            )
        told = await self._set(turn, told, replace(told.audience, countries=codes))
        return await self.show(turn, told)

    async def _values(self, turn: Turn, told: Announcement, name: str) -> Message:
        _ = turn._
        taken = _taken(told.audience, name)
        labels = {code: _(label) for code, label in _NAMES[name].items()}
        return await self._choice(turn, told, name, _(_LABELS[name]), labels, taken)

    async def _events(self, turn: Turn, told: Announcement) -> Message:
        """The events to come and the last ones, for those who go to them or may."""
        store: Store = turn.store
        now = turn.clock.now()
        meetings = [
            *await store.occurrences.upcoming(now, limit=EVENTS),
            *await store.occurrences.past(now, limit=EVENTS // 2),
        ]
        titles = {
            str(each.event.id): each.event.text_in(turn._.language).title for each in meetings
        }
        taken = () if told.audience.event is None else (str(told.audience.event),)
        name = turn._("Who goes to an event")
        return await self._choice(turn, told, "event", name, titles, taken)

    async def _choice(
        self,
        turn: Turn,
        told: Announcement,
        name: str,
        heading: str,
        labels: Mapping[str, str],
        taken: Collection[str],
    ) -> Message:
        _, number = turn._, str(told.id)
        choices = tuple(
            Choice(label=f"✓ {label}" if code in taken else label, value=code)
            for code, label in labels.items()
        )
        values = Select(
            placeholder=heading, action=Action(ACTION, "pick", number, name), choices=choices
        )
        more = Button(label=_("Other choices"), action=Action(ACTION, "who", number))
        back = Button(
            label=_("Back to the draft"), action=Action(ACTION, "show", number), style="primary"
        )
        rows: tuple[Row, ...] = ((values,), (more, back)) if choices else ((more, back),)
        return await self._message(turn, told, rows)

    async def _message(self, turn: Turn, told: Announcement, rows: tuple[Row, ...]) -> Message:
        store: Store = turn.store
        _ = turn._
        found = await store.announcement_drafts.recipients(told.audience)
        lines = [
            _("**To:** {audience}", audience=audience_text(told.audience, _)),
            *recipients_lines(found, _),
            _("Each person gets one copy, in the chat that they prefer."),
        ]
        return Message(
            title=_("Who is to hear it?"), text="\n".join(lines), rows=rows, is_ephemeral=True
        )

    async def _set(self, turn: Turn, told: Announcement, audience: Audience) -> Announcement:
        store: Store = turn.store
        await store.announcement_drafts.set_audience(told.id, audience, turn.clock.now())
        return replace(told, audience=audience)


def country_form(audience: Audience, _: Translate) -> Form:
    """Asks for countries by name."""
    return Form(
        id=COUNTRY_FORM,
        title=_("Which countries?"),
        fields=(
            Field(
                name="countries",
                label=_("Countries, with commas between"),
                hint=_("In any language; leave it out for all countries."),
                is_required=False,
                limit=500,
                value=", ".join(country_name(code, _.language) for code in audience.countries),
            ),
        ),
    )


def countries_in(text: str) -> tuple[tuple[str, ...], str]:
    """The codes of named countries, and the first name that is none (empty where all are)."""
    codes: list[str] = []
    for part in text.replace("،", ",").replace("，", ",").replace(";", ",").split(","):
        name = part.strip()
        if not name:
            continue
        code = find_country(name).code
        if code is None:
            return (), name
        codes.append(code)
    return tuple(dict.fromkeys(codes)), ""


def audience_text(audience: Audience, _: Translate) -> str:
    """Who is meant, in words."""
    if audience.is_everybody:
        return _("all subscribers")
    parts = [", ".join(_(_NAMES["platform"].get(key, key)) for key in audience.platforms)]
    if not audience.platforms:
        parts = [_("all platforms")]
    parts.append(", ".join(LANGUAGE_NAMES.get(code, code) for code in audience.languages))
    parts.append(", ".join(country_name(code, _.language) for code in audience.countries))
    parts.append(", ".join(_(STAKEHOLDERS.get(code, code)) for code in audience.stakeholders))
    parts.append(", ".join(_(INTERESTS.get(code, code)) for code in audience.interests))
    parts.append(", ".join(_(KINDS[name]) for name in _taken(audience, "kind")))
    if audience.event is not None:
        parts.append(_("attendees of event {number}", number=audience.event))
    if audience.chats:
        parts.append(_.plural("{count} chat", "{count} chats", len(audience.chats)))
    return " · ".join(filter(None, parts))


def recipients_text(found: Mapping[tuple[str, str], int]) -> str:
    """``12 (Telegram 10, Discord 2)``."""
    parts = ", ".join(
        f"{PLATFORM_NAMES.get(platform, platform)} {count}"
        for platform, count in sorted(_by(found, 0).items())
    )
    return f"{sum(found.values())} ({parts})" if parts else "0"


def recipients_lines(found: Mapping[tuple[str, str], int], _: Translate) -> list[str]:
    """How many, by platform and by language."""
    total = sum(found.values())
    lines = [_("**Recipients:** {count}", count=total)]
    if total:
        names = {"": _("language not known"), **LANGUAGE_NAMES}
        languages = ", ".join(
            f"{names.get(code, code)} {count}" for code, count in _by(found, 1).most_common()
        )
        platforms = ", ".join(
            f"{PLATFORM_NAMES.get(code, code)} {count}"
            for code, count in sorted(_by(found, 0).items())
        )
        lines += [f"- {escape(platforms)}", f"- {escape(languages)}"]
    return lines


def _by(found: Mapping[tuple[str, str], int], index: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    for key, count in found.items():
        counted[key[index]] += count
    return counted


def _taken(audience: Audience, name: str) -> tuple[str, ...]:
    values: tuple[str, ...] = getattr(audience, _FIELDS[name])
    if name == "kind":
        return tuple(each for each, kinds in KIND_CODES.items() if set(kinds) & set(values))
    return values


def _toggled(audience: Audience, name: str, value: str) -> Audience:
    taken = set(_taken(audience, name)) ^ {value}
    if name == "kind":
        # Both together are all, as none is.
        kept = KIND_CODES[value] if value in taken else ()
    else:
        kept = tuple(code for code in _NAMES[name] if code in taken)
    changes: dict[str, Any] = {_FIELDS[name]: kept}
    return replace(audience, **changes)
