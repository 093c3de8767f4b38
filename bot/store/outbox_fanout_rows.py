"""The statement that writes a chunk of an announcement's rows, built once and kept.

Building it costs more than running it on a thousand chats.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, case, select

from bot.chat.ports import Lane
from bot.store.announcements import Announcement
from bot.store.audience import Audience
from bot.store.dialects import insert_for
from bot.store.outbox_copies import TERMINAL_WAITS
from bot.store.schema import UtcDateTime, chat, delivery

Dues = Mapping[str | None, datetime]
"""When the chats of each zone are due, None standing for those whose zone is not known. Empty
where all are due at the announcement's time."""

_KEPT: Final = 32
"""Statements: one for each audience and each number of zones in a chunk."""


@lru_cache(_KEPT)
def zones_between(audience: Audience, has_last: bool) -> Select[Any]:
    """The zones of the chats meant, from ``after`` up to ``last``."""
    return select(chat.c.zone).where(*_between(has_last), *audience.conditions()).distinct()


@lru_cache(_KEPT)
def insert_between(dialect: str, audience: Audience, has_last: bool, zones: int) -> Any:
    """The rows of the chats meant; ``parameters`` gives the values."""
    moment = UtcDateTime()
    values: dict[str, ColumnElement[Any]] = {
        "source": bindparam("source", type_=String),
        "platform": chat.c.platform,
        "chat_id": chat.c.chat_id,
        "thread_id": bindparam("thread", "", type_=String),
        "is_private": chat.c.kind == "private",
        "lane": bindparam("lane", int(Lane.ANNOUNCEMENT), type_=Integer),
        "batch": bindparam("batch", type_=delivery.c.batch.type),
        "kind": bindparam("kind", "send", type_=String),
        "language": chat.c.language,
        "version": bindparam("version", 0, type_=Integer),
        "on_unknown": bindparam("on_unknown", type_=String),
        "state": bindparam("state", "ready", type_=String),
        "due_at": _by_zone("due", zones),
        "expires_at": _by_zone("expires", zones),
        "epoch": bindparam("epoch", 0, type_=delivery.c.epoch.type),
        "attempts": bindparam("attempts", 0, type_=Integer),
        "updated_at": bindparam("now", type_=moment),
    }
    chosen = (
        select(*(value.label(name) for name, value in values.items()))
        .where(*_between(has_last), *audience.conditions())
        .order_by(chat.c.chat_id)
    )
    return (
        insert_for(dialect, delivery)
        .from_select(list(values), chosen)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )


def place(platform: str, after: str, last: str | None) -> dict[str, Any]:
    """The values of the chunk's bounds."""
    bounds = {"on": platform, "after": after}
    return bounds if last is None else {**bounds, "last": last}


def parameters(told: Announcement, platform: str, dues: Dues, now: datetime) -> dict[str, Any]:
    """The values of an announcement's rows on one platform."""
    values: dict[str, Any] = {
        "source": f"announcement:{told.id}",
        "batch": told.id,
        "on_unknown": told.on_unknown,
        "now": now,
        "due": dues.get(None, told.due_at),
    }
    values["expires"] = _expiry(told, platform, values["due"])
    for index, zone in enumerate(zone for zone in dues if zone is not None):
        due = dues[zone]
        expires = _expiry(told, platform, due)
        values |= {f"zone_{index}": zone, f"due_{index}": due, f"expires_{index}": expires}
    return values


def _expiry(told: Announcement, platform: str, due: datetime) -> datetime | None:
    """Who is due later has as long to read it as everybody else; a terminal is open or not."""
    shift = max(due - told.due_at, timedelta())
    expires = None if told.expires_at is None else told.expires_at + shift
    if platform != "console":
        return expires
    closes = due + TERMINAL_WAITS
    return closes if expires is None else min(expires, closes)


def _between(has_last: bool) -> list[ColumnElement[bool]]:
    found = [chat.c.platform == bindparam("on"), chat.c.chat_id > bindparam("after")]
    return [*found, chat.c.chat_id <= bindparam("last")] if has_last else found


def _by_zone(name: str, zones: int) -> ColumnElement[Any]:
    moment = UtcDateTime()
    default: ColumnElement[Any] = bindparam(name, type_=moment)
    known = [
        (chat.c.zone == bindparam(f"zone_{index}"), bindparam(f"{name}_{index}", type_=moment))
        for index in range(zones)
    ]
    return case(*known, else_=default) if known else default
