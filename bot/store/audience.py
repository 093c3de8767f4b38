"""To whom an announcement goes: a plain query over chats.

Other conditions (country, stakeholder group, interest, an event's attendees) join here: each is
one more condition on ``chat``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from bot.store.schema import chat, muted_topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Empty means all. ``kinds``: private, group, channel; ``chats``: ``(platform, id)`` pairs.

    ``with_unlanguaged`` takes chats whose language is not known into a choice of languages.
    """

    platforms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
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
        for key in ("platforms", "languages", "kinds"):
            data[key] = tuple(data.get(key, ()))
        data["chats"] = tuple((pair[0], pair[1]) for pair in data.get("chats", ()))
        return cls(**data)

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """What a chat must fulfil: reachable, not opted out, chosen."""
        chosen: list[ColumnElement[bool]] = [
            chat.c.status == "active",
            ~chat.c.has_opted_out,
            # Discord bans bots that write to many people by themselves.
            or_(chat.c.platform != "discord", chat.c.kind != "private"),
        ]
        if self.platforms:
            chosen.append(chat.c.platform.in_(self.platforms))
        if self.languages:
            spoken = chat.c.language.in_(self.languages)
            chosen.append(
                or_(spoken, chat.c.language.is_(None)) if self.with_unlanguaged else spoken
            )
        if self.kinds:
            chosen.append(chat.c.kind.in_(self.kinds))
        if self.chats:
            chosen.append(tuple_(chat.c.platform, chat.c.chat_id).in_(self.chats))
        if self.topic is not None:
            chosen.append(
                ~exists().where(
                    and_(
                        muted_topic.c.platform == chat.c.platform,
                        muted_topic.c.chat_id == chat.c.chat_id,
                        muted_topic.c.topic == self.topic,
                    )
                )
            )
        return tuple(chosen)

    def count(self) -> Select[Any]:
        """How many chats by platform and language."""
        return (
            select(chat.c.platform, chat.c.language, func.count().label("count"))
            .where(*self.conditions())
            .group_by(chat.c.platform, chat.c.language)
        )
