"""Members by country, group and month: as a table, and as a picture."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Final

from bot.chat.markup import escape
from bot.chat.messages import Attachment, Message
from bot.chat.turn import Translate, Turn
from bot.store import Store
from handlers.join_fields import shown
from knowledge.drawing.bars import Bar, BarChart, draw_bars

SHOWN: Final = 12
"""Lines of each table; the others are counted together."""


class MemberCounts:
    """Counts of those who are members now."""

    async def message(self, turn: Turn) -> Message:
        """The tables, with one picture of three charts."""
        store: Store = turn.store
        _ = turn._
        states = await store.memberships.counts("state")
        countries = _named(await store.memberships.counts("country"), "country", _)
        groups = _named(await store.memberships.counts("stakeholder"), "stakeholder", _)
        months = Counter(f"{at:%Y-%m}" for at in await store.memberships.joined_times())
        last = dict(sorted(months.items())[-SHOWN:])
        tables = {_("By country"): countries, _("By group"): groups, _("By month"): last}
        parts = [
            _.plural("{count} member", "{count} members", states.get("member", 0)),
            *(_table(title, counts, _) for title, counts in tables.items() if counts),
        ]
        charts = tuple(
            BarChart(
                title=title,
                bars=tuple(Bar(label=label, count=count) for label, count in counts.items()),
            )
            for title, counts in tables.items()
            if counts
        )
        files: tuple[Attachment, ...] = ()
        if charts:
            drawn = await asyncio.to_thread(draw_bars, charts, is_right_to_left=_.language == "ar")
            alt = "; ".join(parts)[:1000]
            files = (Attachment(name="members.png", media_type="image/png", data=drawn, alt=alt),)
        return Message(
            title=_("Members"), text="\n\n".join(parts), attachments=files, is_ephemeral=True
        )


def _named(counts: Mapping[str, int], field: str, _: Translate) -> dict[str, int]:
    names = {shown(field, code, _): count for code, count in counts.items()}
    largest = dict(list(names.items())[:SHOWN])
    rest = sum(list(names.values())[SHOWN:])
    return {**largest, _("Others"): rest} if rest else largest


def _table(title: str, counts: Mapping[str, int], _: Translate) -> str:
    lines = [f"- {escape(label)}: {count}" for label, count in counts.items()]
    return "\n".join([f"**{escape(title)}**", *lines])
