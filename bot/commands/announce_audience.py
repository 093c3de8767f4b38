"""``--audience``: who is meant, as the command line writes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.commands.announce_texts import Misuse
from bot.store.audience import Audience
from handlers.announce_audience import KIND_CODES, countries_in
from handlers.join_fields import INTERESTS, STAKEHOLDERS
from knowledge.model import LANGUAGES

PLATFORMS: Final = ("telegram", "discord", "console")
_KEYS: Final[Mapping[str, str]] = {
    "platform": "platforms",
    "language": "languages",
    "country": "countries",
    "group": "stakeholders",
    "interest": "interests",
    "chats": "kinds",
    "event": "event",
}
_CODES: Final[Mapping[str, tuple[str, ...]]] = {
    "platform": PLATFORMS,
    "language": tuple(LANGUAGES),
    "group": tuple(STAKEHOLDERS),
    "interest": tuple(INTERESTS),
    "chats": tuple(KIND_CODES),
}


class AudienceFault(Misuse):
    """The words name no audience; one plain sentence."""


def read_audience(text: str, topic: str) -> Audience:
    """``all``, names of platforms and languages, or ``key=value``; raises ``AudienceFault``."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise AudienceFault("--audience needs a name, or: all")
    if any(part.casefold() == "all" for part in parts):
        if len(parts) > 1:
            raise AudienceFault("--audience: all means everybody; leave the other names out.")
        return Audience(topic=topic)
    taken: dict[str, list[str]] = {}
    for part in parts:
        key, values = _read(part)
        taken.setdefault(key, []).extend(values)
    return _built(taken, topic)


def _read(part: str) -> tuple[str, tuple[str, ...]]:
    key, equals, value = (each.strip() for each in part.partition("="))
    key = key.casefold()
    if not equals:
        for bare in ("platform", "language"):
            if key in _CODES[bare]:
                return bare, (key,)
        names = ", ".join((*_CODES["platform"], *_CODES["language"]))
        raise AudienceFault(f"--audience {part}: choose all, or among {names}, or write {_pairs()}")
    if key == "country":
        return key, _countries(part, value)
    if key == "event":
        if not (value.isdecimal() and len(value) < 18):
            raise AudienceFault(f"--audience {part}: an event has a number, as in event=7.")
        return key, (value,)
    if key not in _CODES:
        raise AudienceFault(f"--audience {part}: there is no such key; write {_pairs()}")
    code = value.casefold().replace("-", "_").replace(" ", "_")
    if code not in _CODES[key]:
        raise AudienceFault(f"--audience {part}: choose among {', '.join(_CODES[key])}.")
    return key, (KIND_CODES[code] if key == "chats" else (code,))


def _countries(part: str, value: str) -> tuple[str, ...]:
    codes, _unknown = countries_in(value)
    if not codes:
        raise AudienceFault(f"--audience {part}: I know no such country; SN or Senegal would do.")
    return codes


def _built(taken: Mapping[str, list[str]], topic: str) -> Audience:
    if len(taken.get("event", ())) > 1:
        raise AudienceFault("--audience: name one event only.")
    values: dict[str, Any] = {
        _KEYS[key]: tuple(dict.fromkeys(found)) for key, found in taken.items() if key != "event"
    }
    if {"private", "group"} <= set(values.get("kinds", ())):
        values["kinds"] = ()
    if "event" in taken:
        values["event"] = int(taken["event"][0])
    return Audience(topic=topic, **values)


def _pairs() -> str:
    return "country=SN, group=farmer, interest=mapping, chats=private or event=7."
