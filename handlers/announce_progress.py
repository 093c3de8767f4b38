"""How far an announcement has got."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.messages import Button, Edit, Message
from bot.chat.turn import Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import Announcement
from handlers.announce_audience import audience_text
from handlers.announce_draft import RUN
from handlers.announce_texts import shown_time

BAR: Final = 20
"""Signs of the bar."""
ENDED: Final = ("cancelled", "done")
"""States after which nothing more happens by itself."""
STATES: Final[Mapping[str, str]] = {
    "proposed": N_("waits for a second person's yes"),
    "running": N_("is being sent"),
    "paused": N_("paused"),
    "cancelled": N_("cancelled"),
    "done": N_("done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Recipients by what became of theirs; ``waiting`` includes those still to be written."""

    total: int
    sent: int
    failed: int
    skipped: int
    unknown: int

    @property
    def settled(self) -> int:
        """Recipients of whom no more is to come."""
        return self.sent + self.failed + self.skipped + self.unknown

    @property
    def waiting(self) -> int:
        """Recipients whose message has not left."""
        return max(0, self.total - self.settled)


class Progress:
    """``rates`` are the platforms' messages a second, for the time that is left."""

    def __init__(self, zone: str, rates: Mapping[str, float]) -> None:
        self._zone = zone
        self._rates = rates

    def state_name(self, state: str, _: Translate) -> str:
        """The state in words."""
        return _(STATES.get(state, state))

    async def show(self, turn: Turn, told: Announcement) -> Message:
        """The bar, the numbers, and the buttons that make sense now."""
        return await self.message(turn.store, told, turn._, turn.clock.now())

    async def watched(self, turn: Turn, told: Announcement) -> Message | Edit:
        """The same in place of the message whose button was pressed, which is kept fresh."""
        store: Store = turn.store
        message = await self.show(turn, told)
        event = turn.event
        if not isinstance(event, ActionPressed) or event.message_id is None:
            return message
        where = event.conversation
        if told.state not in ENDED:
            await store.announcement_watches.watch(
                told.id, where, event.message_id, turn._.language
            )
        return Edit(message=message)

    async def message(
        self, store: Store, told: Announcement, _: Translate, now: datetime
    ) -> Message:
        """How it stands at ``now``, for a reader of any chat."""
        counts = await store.announcements.counts(told.id)
        meant = 0 if told.is_fanned_out else await store.announcement_watches.meant(told.id)
        standing = standing_of(counts, meant)
        lines = [
            _(
                "{state} · {audience}",
                state=self.state_name(told.state, _),
                audience=audience_text(told.audience, _),
            ),
            f"{bar(standing)} {standing.settled}/{standing.total}",
            _(
                "Sent: {sent} · failed: {failed} · left out: {skipped} · unknown: {unknown} · "
                "waiting: {waiting}",
                sent=standing.sent,
                failed=standing.failed,
                skipped=standing.skipped,
                unknown=standing.unknown,
                waiting=standing.waiting,
            ),
        ]
        if told.state == "running":
            lines.append(await self._outlook(store, told, standing, _, now))
        return Message(
            title=_title(told, _),
            text="\n".join(line for line in lines if line),
            rows=self._rows(_, told),
            is_ephemeral=True,
        )

    async def _outlook(
        self, store: Store, told: Announcement, standing: Standing, _: Translate, now: datetime
    ) -> str:
        if told.due_at > now:
            return _("It leaves {time}.", time=shown_time(told.due_at, self._zone))
        if not standing.waiting:
            return ""
        rate = await store.announcement_watches.rate(told.id, standing.settled, now)
        if rate:
            minutes = math.ceil(standing.waiting / rate / 60)
            return _.plural(
                "Now: {rate} a second, so about {count} more minute.",
                "Now: {rate} a second, so about {count} more minutes.",
                minutes,
                rate=f"{rate:.1f}",
            )
        if told.timing.is_local and standing.settled + standing.waiting:
            return _("Some wait for the right hour of their own clock.") if rate == 0 else ""
        slowest = min(self._rates.get(name, 1.0) for name in self._platforms(told))
        return _.plural(
            "At the platforms' pace it takes about {count} more minute.",
            "At the platforms' pace it takes about {count} more minutes.",
            math.ceil(standing.waiting / slowest / 60),
        )

    def _platforms(self, told: Announcement) -> tuple[str, ...]:
        return told.audience.platforms or tuple(self._rates) or ("",)

    def _rows(self, _: Translate, told: Announcement) -> tuple[tuple[Button, ...], ...]:
        buttons = self._buttons(_, told)
        if told.revises is not None or told.state == "proposed":
            return (buttons,)
        number = str(told.id)
        correct = Button(label=_("Correct…"), action=Action(RUN, "correct", number))
        recall = Button(label=_("Recall…"), action=Action(RUN, "recall", number), style="danger")
        return (buttons, (correct, recall))

    def _buttons(self, _: Translate, told: Announcement) -> tuple[Button, ...]:
        number = str(told.id)
        look = Button(label=_("Refresh"), action=Action(RUN, "look", number))
        report = Button(label=_("Report"), action=Action(RUN, "report", number))
        cancel = Button(label=_("Cancel"), action=Action(RUN, "cancel", number), style="danger")
        pause = Button(label=_("Pause"), action=Action(RUN, "pause", number))
        resume = Button(label=_("Go on"), action=Action(RUN, "resume", number), style="primary")
        if told.state == "proposed":
            version = str(told.version)
            approve = Action(RUN, "approve", number, version)
            back = Button(label=_("Send it back"), action=Action(RUN, "back", number, version))
            return (Button(label=_("Yes, send it"), action=approve, style="primary"), back)
        by_state = {"running": (look, pause, cancel), "paused": (look, resume, cancel)}
        return (*by_state.get(told.state, (look,)), report)


def _title(told: Announcement, _: Translate) -> str:
    if told.kind == "edit":
        return _("Correction of announcement {number}", number=told.revises)
    if told.kind == "delete":
        return _("Recall of announcement {number}", number=told.revises)
    return _("Announcement {number}", number=told.id)


def standing_of(counts: Counter[tuple[str, str]], meant: int = 0) -> Standing:
    """From ``Announcements.counts`` and, before all rows are written, for how many it was begun."""
    by_state: Counter[str] = Counter()
    for (_platform, state), count in counts.items():
        by_state[state] += count
    return Standing(
        total=max(by_state["queued"], meant),
        sent=by_state["sent"],
        failed=by_state["failed"],
        skipped=by_state["skipped"],
        unknown=by_state["unknown"],
    )


def bar(standing: Standing) -> str:
    """``▓▓▓▓▓░░░░░``; full only when all is settled."""
    filled = BAR * standing.settled // standing.total if standing.total else BAR
    return "▓" * filled + "░" * (BAR - filled)
