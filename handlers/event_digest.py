""" "This week in the network": who gets the overview, and what stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from babel.dates import get_day_names

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, Edit, Message, Notice, Row
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store
from bot.store.digests import Digest
from bot.store.event_rows import Meeting
from bot.translating import direction
from handlers.event_card import ACTION as EVENT
from handlers.event_card import cut_label, day_of, title_of, when
from handlers.event_times import short_date, shown_zone
from handlers.event_zone import Zones
from handlers.subscription_panel import is_personal, refusal

ACTION: Final = "digest"
HOURS: Final = (7, 9, 12, 18)
LISTED: Final = 8


class EventDigest:
    """A private chat decides for itself; a group's administrators and the secretariat for it."""

    def __init__(self, zones: Zones, weekday: int, hour: int) -> None:
        self._zones = zones
        self._weekday = weekday
        self._hour = hour

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(ACTION, self.pressed)
        routes.ask_admins.add(ACTION)

    async def pressed(self, turn: Turn) -> Reply:
        """Show the choice, switch on or off, another day or hour."""
        assert isinstance(turn.event, ActionPressed)
        if (refused := refusal(turn)) is not None:
            return refused
        store: Store = turn.store
        where = turn.event.conversation
        chosen = await store.digests.get(where)
        match turn.event.action.args:
            case ("show",):
                return await self._panel(turn)
            case ("off",):
                await store.digests.stop(where)
                turn.notes["decision"] = "digest off"
                return Edit(message=await self._panel(turn))
            case ("end",):
                # Under an overview that was sent: it stays, and the answer comes below it.
                await store.digests.stop(where)
                turn.notes["decision"] = "digest off"
                return await self._panel(turn)
            case ("on",) if chosen is not None:
                return Edit(message=await self._panel(turn))
            case ("on",):
                await self._keep(turn, self._weekday, self._hour)
                turn.notes["decision"] = "digest on"
                return Edit(message=await self._panel(turn))
            case ("day", day) if chosen is not None and day in "0123456":
                await self._keep(turn, int(day), chosen.hour)
                return Edit(message=await self._panel(turn))
            case ("hour", hour) if chosen is not None and hour in map(str, HOURS):
                await self._keep(turn, chosen.weekday, int(hour))
                return Edit(message=await self._panel(turn))
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _keep(self, turn: Turn, weekday: int, hour: int) -> None:
        store: Store = turn.store
        where = turn.event.conversation
        zone = await self._zones.of(turn)
        wanted = Digest(
            where=where,
            language=turn._.language,
            zone=zone.name,
            weekday=weekday,
            hour=hour,
            person_id=turn.member.id if where.is_private else None,
        )
        await store.digests.subscribe(wanted, turn.clock.now())

    async def _panel(self, turn: Turn) -> Message:
        store: Store = turn.store
        _ = turn._
        where = turn.event.conversation
        chosen = await store.digests.get(where)
        if chosen is None:
            on = Button(label=_("Send it each week"), action=Action(ACTION, "on"), style="primary")
            text = _(
                "“This week in the network” tells once a week what is coming and which recordings "
                "are new. You do not get it at present."
            )
            return Message(text=text, rows=((on,),), is_ephemeral=is_personal(where))
        days = get_day_names("wide", locale=_.language)
        text = _(
            "You get “This week in the network” here, each {weekday} at {hour} ({zone}).",
            weekday=days[chosen.weekday],
            hour=f"{chosen.hour:02}:00",
            zone=shown_zone(chosen.zone, turn.clock.now(), _.language),
        )
        rows = self._rows(chosen, _)
        return Message(text=text, rows=rows, is_ephemeral=is_personal(where))

    def _rows(self, chosen: Digest, _: Translate) -> tuple[Row, ...]:
        short = get_day_names("abbreviated", locale=_.language)
        days = [
            Button(
                label=f"✓ {short[day]}" if day == chosen.weekday else str(short[day]),
                action=Action(ACTION, "day", str(day)),
            )
            for day in range(7)
        ]
        hours = tuple(
            Button(
                label=f"✓ {hour:02}:00" if hour == chosen.hour else f"{hour:02}:00",
                action=Action(ACTION, "hour", str(hour)),
            )
            for hour in HOURS
        )
        off = Button(label=_("Send it no more"), action=Action(ACTION, "off"), style="danger")
        return (tuple(days[:4]), tuple(days[4:]), hours, (off,))


def digest_message(
    coming: Sequence[Meeting], recorded: Sequence[Meeting], zone: str, _: Translate
) -> Message:
    """What is sent: what comes in the next days, and what can be watched since the last one."""
    parts = []
    for meeting in coming[:LISTED]:
        title = escape(title_of(meeting, _.language))
        parts.append(f"**{title}**\n{when(meeting, zone, _.language)}")
    if recorded:
        titles = "\n".join(
            f"- {escape(title_of(meeting, _.language))}" for meeting in recorded[:LISTED]
        )
        parts.append(_("**New recordings**\n{titles}", titles=Raw(titles)))
    rows: list[Row] = []
    for meeting in (*coming, *recorded)[:LISTED]:
        day = short_date(day_of(meeting, zone), _.language)
        action = Action(EVENT, "show", str(meeting.occurrence.id))
        label = cut_label(f"{day} · {title_of(meeting, _.language)}")
        rows.append((Button(label=label, action=action),))
    rows.append((Button(label=_("Send it no more"), action=Action(ACTION, "end")),))
    return Message(
        title=_("This week in the network"),
        text="\n\n".join(parts),
        rows=tuple(rows),
        direction="rtl" if direction(_.language) == "rtl" else "ltr",
    )
