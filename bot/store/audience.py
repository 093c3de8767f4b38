"""To whom an announcement goes: a plain query over chats.

What members told about themselves joins through the account whose private chat it is; groups and
channels tell nothing of that kind, so such a condition leaves them out.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, func, or_, select, tuple_

from bot.store.audience_people import attends, is_member_with, is_only_copy
from bot.store.schema import chat, muted_topic

_LISTS: Final = ("platforms", "languages", "kinds", "countries", "stakeholders", "interests")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Empty means all; several values of a field are alternatives, fields narrow each other.

    ``kinds``: private, group, channel. ``countries`` (ISO 3166 alpha-2), ``stakeholders`` and
    ``interests`` are those of members; ``event`` is the number of one whose attendees are meant.
    ``chats`` are ``(platform, id)`` pairs. ``with_unlanguaged`` takes chats whose language is not
    known into a choice of languages.
    """

    platforms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    stakeholders: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()
    event: int | None = None
    chats: tuple[tuple[str, str], ...] = ()
    with_unlanguaged: bool = False
    topic: str | None = None

    def to_json(self) -> str:
        """One line, for the announcement's row."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, raw: str) -> Self:
        """The audience again; fields of a later release are refused by ``TypeError``."""
        data: dict[str, Any] = json.loads(raw)
        for key in _LISTS:
            data[key] = tuple(data.get(key, ()))
        data["chats"] = tuple((pair[0], pair[1]) for pair in data.get("chats", ()))
        return cls(**data)

    @property
    def is_everybody(self) -> bool:
        """Whether nothing narrows it but the topic."""
        return all(not getattr(self, field.name) for field in fields(self) if field.name != "topic")

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """What a chat must fulfil: reachable, not opted out, chosen, a person's only copy."""
        chosen = self._of_chat(chat)
        if self.kinds:
            chosen.append(chat.c.kind.in_(self.kinds))
        if self.chats:
            chosen.append(tuple_(chat.c.platform, chat.c.chat_id).in_(self.chats))
        if self.countries or self.stakeholders or self.interests:
            chosen.append(is_member_with(self.countries, self.stakeholders, self.interests))
        if self.event is not None:
            chosen.append(attends(self.event))
        if not self.chats:
            chosen.append(is_only_copy(self._of_chat))
        return tuple(chosen)

    def count(self) -> Select[Any]:
        """How many chats by platform and language."""
        return (
            select(chat.c.platform, chat.c.language, func.count().label("count"))
            .where(*self.conditions())
            .group_by(chat.c.platform, chat.c.language)
        )

    def _of_chat(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on ``chat`` or an alias of it."""
        chosen: list[ColumnElement[bool]] = [
            table.c.status == "active",
            ~table.c.has_opted_out,
            # Discord bans bots that write to many people by themselves.
            or_(table.c.platform != "discord", table.c.kind != "private"),
        ]
        if self.platforms:
            chosen.append(table.c.platform.in_(self.platforms))
        if self.languages:
            spoken = table.c.language.in_(self.languages)
            chosen.append(
                or_(spoken, table.c.language.is_(None)) if self.with_unlanguaged else spoken
            )
        if self.topic is not None:
            muted = and_(
                muted_topic.c.platform == table.c.platform,
                muted_topic.c.chat_id == table.c.chat_id,
                muted_topic.c.topic == self.topic,
            )
            chosen.append(~exists().where(muted))
        return chosen
