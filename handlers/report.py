"""``/report``: what was asked in a month, who answered, and what is missing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.events import CommandInvoked
from bot.chat.markup import plain
from bot.chat.messages import Attachment, Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.marking import N_
from bot.store import Store
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.noting import note
from handlers.report_texts import as_charts, as_csv, as_text
from knowledge.drawing.bars import draw_bars
from knowledge.drawing.lettering import TextDoesNotFit
from knowledge.gaps import Gap, Unanswered, Vocabulary, largest_gaps
from knowledge.library import Library

_MONTH: Final = re.compile(r"(\d{4})-(\d{1,2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A calendar month of the secretariat's time zone; the times are aware and in UTC."""

    name: str
    since: datetime
    until: datetime


def read_month(text: str, zone: str, now: datetime) -> Month | None:
    """``2026-11``, or the month that is running; None for anything else."""
    local = now.astimezone(ZoneInfo(zone))
    year, month = local.year, local.month
    if text.strip():
        found = _MONTH.fullmatch(text.strip())
        if found is None:
            return None
        year, month = int(found[1]), int(found[2])
    if not (1 <= month <= 12 and 2000 <= year <= 9000):
        return None
    first = datetime(year, month, 1, tzinfo=ZoneInfo(zone))
    after = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=ZoneInfo(zone))
    name = f"{year}-{month:02}"
    return Month(name=name, since=first.astimezone(UTC), until=after.astimezone(UTC))


class MonthlyReport:
    """For the secretariat; each look is noted."""

    def __init__(self, library: Library, zone: str, translators: Translators) -> None:
        self._library = library
        self._zone = zone
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="report",
            descriptions=in_all(self._translators, N_("What was asked and answered (secretariat)")),
            role=Role.SECRETARIAT,
            option="month",
            option_hints=in_all(self._translators, N_("A month, like 2026-11")),
        )
        routes.add_command(spec, self.report)

    async def report(self, turn: Turn) -> Reply:
        """``/report`` for this month, ``/report 2026-11`` for another."""
        assert isinstance(turn.event, CommandInvoked)
        store: Store = turn.store
        _ = turn._
        month = read_month(turn.event.text, self._zone, turn.clock.now())
        if month is None:
            text = _("Write a month like 2026-11, or nothing for the one that is running.")
            return Message(text=text, is_ephemeral=True)
        if not is_discreet(turn):
            text = _("This is for the secretariat. Please ask me in a private chat.")
            return Message(text=text)
        found = await store.teaching.reports.between(month.since, month.until)
        await note(turn, "report", detail=month.name)
        gaps = await asyncio.to_thread(self._gaps, found.unanswered)
        table = Attachment(
            name=f"insop-{month.name}.csv",
            media_type="text/csv",
            data=as_csv(month.name, found, gaps, _).encode("utf-8-sig"),
        )
        files = [table]
        text = as_text(found, gaps, _)
        try:
            drawn = await asyncio.to_thread(
                draw_bars, as_charts(found, gaps, _), is_right_to_left=_.language == "ar"
            )
        except TextDoesNotFit:
            turn.notes["picture"] = "too long"
        else:
            files.insert(
                0,
                Attachment(
                    name=f"insop-{month.name}.png",
                    media_type="image/png",
                    data=drawn,
                    alt=plain(text)[:1000],
                ),
            )
        title = _("Questions in {month}", month=month.name)
        return Message(title=title, text=text, attachments=tuple(files), is_ephemeral=True)

    def _gaps(self, unanswered: Sequence[Unanswered]) -> list[Gap]:
        return largest_gaps(unanswered, Vocabulary(self._library.collection))
