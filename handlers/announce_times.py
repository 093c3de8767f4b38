"""When a draft is to leave: at once, at a time, on each reader's clock, outside quiet hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.chat.events import FormSubmitted
from bot.chat.messages import Message
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import Announcement, Timing
from handlers.announce_draft import DraftPanel
from handlers.announce_forms import HOUR_FORM, TIME_FORM, hour_form, time_form
from handlers.announce_texts import is_past_everywhere, parse_time, parse_wall_time
from knowledge.zones import guess_zone

UNREADABLE: Final = N_("I do not understand this time. Write it like 2026-05-01 09:00, or +3h.")
PASSED: Final = N_("This time has passed. Please name a later one.")


class DraftTimes:
    """``timing`` is the secretariat's zone and the quiet hours of the settings."""

    def __init__(self, panel: DraftPanel, timing: Timing) -> None:
        self._panel = panel
        self._timing = timing

    @property
    def zone(self) -> str:
        """The secretariat's zone."""
        return self._timing.zone or "UTC"

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_form(TIME_FORM, self.time_written, Role.SECRETARIAT)
        routes.add_form(HOUR_FORM, self.hour_written, Role.SECRETARIAT)

    async def time_written(self, turn: Turn) -> Reply:
        """A time of the secretariat's clock; a time in the past is refused."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        number = await store.announcement_drafts.of(turn.member.id)
        if number is None:
            return Message(text=gone(_), is_ephemeral=True)
        text = turn.event.value("time").strip()
        due = parse_time(text, self.zone, now) if text else None
        fault = UNREADABLE if text and due is None else PASSED if due and due <= now else ""
        if fault:
            return (Message(text=_(fault), is_ephemeral=True), time_form(_, self.zone))
        await store.announcement_drafts.set_due(number, due, now)
        return await self._panel.show(turn, number)

    async def hour_written(self, turn: Turn) -> Reply:
        """A time of each reader's own clock."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        number = await store.announcement_drafts.of(turn.member.id)
        plan = await store.announcement_drafts.plan(number) if number is not None else None
        if number is None or plan is None:
            return Message(text=gone(_), is_ephemeral=True)
        wall = parse_wall_time(turn.event.value("time"))
        fault = UNREADABLE if wall is None else PASSED if is_past_everywhere(wall, now) else ""
        if fault or wall is None:
            return (Message(text=_(fault), is_ephemeral=True), hour_form(_))
        local = replace(plan.timing, wall_time=wall.isoformat(timespec="minutes"), zone=self.zone)
        await store.announcement_drafts.set_timing(number, local, now)
        return await self._panel.show(turn, number)

    async def toggle_quiet(self, turn: Turn, told: Announcement) -> Reply:
        """Let the draft leave in quiet hours too, or no longer."""
        store: Store = turn.store
        usual = self._timing.quiet or "21:00-08:00"
        quiet = None if told.timing.quiet else usual
        await store.announcement_drafts.set_quiet(told.id, quiet, turn.clock.now())
        return await self._panel.show(turn, told.id)


async def know_zones(store: Store, now: datetime) -> None:
    """Gather the zones of private chats: what people chose, else their country's one clock."""
    await store.chat_zones.gather()
    for country in await store.chat_zones.countries_without():
        if (zone := guess_zone(country, now)) is not None:
            await store.chat_zones.set_by_country(country, zone)


def gone(_: Translate) -> str:
    """What to say of a draft that is none any more."""
    return _("This draft is sent or discarded already.")
