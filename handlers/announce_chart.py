"""The sending of an announcement as a picture: what became of it, where, and how fast."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.chat.messages import Attachment, Message
from bot.chat.turn import Translate, Turn
from bot.store import Store
from bot.store.announcement_watches import Sample
from bot.store.announcements import Announcement
from handlers.announce_audience import PLATFORM_NAMES
from knowledge.drawing.bars import Bar, BarChart, draw_bars

STEPS: Final = 12
"""Bars of the course in time."""
ALT_LIMIT: Final = 1000


async def chart(turn: Turn, told: Announcement, names: Mapping[str, str], zone: str) -> Message:
    """The picture with its numbers in words; ``names`` are those of the states."""
    store: Store = turn.store
    _ = turn._
    counts = await store.announcements.counts(told.id)
    samples = await store.announcement_watches.samples(told.id)
    states: Counter[str] = Counter()
    platforms: Counter[str] = Counter()
    for (platform, state), count in counts.items():
        if state != "queued":
            states[_(names.get(state, state))] += count
        if state == "sent":
            platforms[PLATFORM_NAMES.get(platform, platform)] += count
    charts = [
        _bars(_("Announcement {number}: recipients", number=told.id), states),
        _bars(_("Sent, by platform"), platforms),
        *_course(samples, zone, _),
    ]
    drawn = await asyncio.to_thread(
        draw_bars,
        tuple(each for each in charts if each.bars),
        is_right_to_left=_.language == "ar",
    )
    words = "; ".join(
        f"{each.title}: " + ", ".join(f"{bar.label} {bar.count}" for bar in each.bars)
        for each in charts
        if each.bars
    )
    name = f"announcement-{told.id}.png"
    file = Attachment(name=name, media_type="image/png", data=drawn, alt=words[:ALT_LIMIT])
    return Message(
        text=_("The sending of announcement {number}", number=told.id),
        attachments=(file,),
        is_ephemeral=True,
    )


def _bars(title: str, counts: Mapping[str, int]) -> BarChart:
    bars = tuple(Bar(label=label, count=count) for label, count in counts.items() if count)
    return BarChart(title=title, bars=bars)


def _course(samples: Sequence[Sample], zone: str, _: Translate) -> list[BarChart]:
    """How many were sent in each of ``STEPS`` equal times; none without two moments."""
    if len(samples) < 2 or samples[-1].at <= samples[0].at:
        return []
    first, clock = samples[0].at, ZoneInfo(zone)
    step = (samples[-1].at - first) / STEPS
    form = "%H:%M:%S" if step < timedelta(minutes=1) else "%H:%M"
    if samples[-1].at - first > timedelta(days=1):
        form = "%d.%m. %H:%M"
    bars, before = [], samples[0].sent
    for number in range(1, STEPS + 1):
        until = first + step * number
        sent = max(each.sent for each in samples if each.at <= until)
        bars.append(Bar(label=f"{until.astimezone(clock):{form}}", count=sent - before))
        before = sent
    return [BarChart(title=_("Sent until"), bars=tuple(bars))]
