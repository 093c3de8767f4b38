"""What became of an announcement, and what staff decide about doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import Announcement
from bot.store.outbox_reports import ReportRow, Verdict
from handlers.announce_audience import PLATFORM_NAMES
from handlers.announce_chart import chart
from handlers.announce_csv import table
from handlers.announce_draft import RUN
from handlers.settings import LANGUAGE_NAMES

SHOWN: Final = 10
"""Unknown recipients that are named one by one."""
DECIDED: Final = 1000
"""Unknown recipients decided with one press."""
STATES: Final[Mapping[str, str]] = {
    "sent": N_("sent"),
    "failed": N_("failed"),
    "skipped": N_("left out"),
    "unknown": N_("unknown"),
    "ready": N_("waiting"),
    "claimed": N_("waiting"),
    "sending": N_("on its way"),
}
REASONS: Final[Mapping[str, str]] = {
    "opted out": N_("said /stop meanwhile"),
    "topic muted": N_("switched the topic off meanwhile"),
    "expired": N_("too late, dropped"),
    "cancelled": N_("cancelled"),
    "recipient gone": N_("blocked the assistant, or the chat is gone"),
    "refused": N_("the platform refused the message"),
    "no answer": N_("no answer from the platform"),
    "given up by staff": N_("given up by staff"),
    "seen by staff": N_("seen by staff"),
    "moved twice": N_("blocked the assistant, or the chat is gone"),
    "too fast, too often": N_("the platform refused the message"),
    "not delivered": N_("the platform refused the message"),
    "interrupted": N_("no answer from the platform"),
    "unreadable": N_("failed"),
    "recalled": N_("cancelled"),
    "reached by its new address": N_("left out"),
}
"""By what ``bot.delivery`` notes; several may be one thing to whoever reads it."""


_VERDICTS: Final[Mapping[str, Verdict]] = {
    "again": "resend",
    "seen": "seen",
    "leave": "give_up",
}
_AUDITED: Final = {"again": "sent_again", "seen": "marked_seen", "leave": "given_up"}


class Report:
    """Totals by platform, language and reason; the unknown ones by name."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    async def show(self, turn: Turn, told: Announcement) -> Message:
        """The report as it stands."""
        store: Store = turn.store
        _ = turn._
        counts = await store.announcements.counts(told.id)
        platforms: Counter[tuple[str, str]] = Counter(
            {key: count for key, count in counts.items() if key[1] != "queued"}
        )
        languages = await store.announcement_reports.by_language(told.id)
        reasons = await store.announcement_reports.by_reason(told.id)
        parts = [
            _section(_("By platform"), _lines(platforms, PLATFORM_NAMES, _)),
            _section(_("By language"), _lines(languages, {"": _("not known"), **_NAMES}, _)),
            _section(_("Not sent"), _reason_lines(reasons, _)),
        ]
        unknown = await self._unknown(turn, counts, told.id, SHOWN)
        total = sum(count for (_p, state), count in counts.items() if state == "unknown")
        rows: tuple[tuple[Button, ...], ...] = ()
        if total:
            parts.append(_section(_("Unknown"), _unknown_lines(unknown, total, _)))
            again = Button(label=_("Send again to these"), action=_action("again", told))
            seen = Button(label=_("They have it"), action=_action("seen", told))
            leave = Button(label=_("Leave them"), action=_action("leave", told))
            rows = ((again, seen, leave),)
        picture = Button(label=_("Picture"), action=_action("chart", told))
        sheet = Button(label=_("Every recipient (CSV)"), action=_action("csv", told))
        rows = (*rows, (picture, sheet))
        return Message(
            title=_("Announcement {number}: report", number=told.id),
            text="\n\n".join(filter(None, parts)),
            rows=rows,
            is_ephemeral=True,
        )

    async def picture(self, turn: Turn, told: Announcement) -> Message:
        """The sending as a chart."""
        return await chart(turn, told, STATES, self._zone)

    async def sheet(self, turn: Turn, told: Announcement) -> Message:
        """Every recipient as a file, or where to get it when there are too many."""
        store: Store = turn.store
        _ = turn._
        counts = await store.announcements.counts(told.id)
        file = await table(store, told.id, {platform for platform, _state in counts})
        if file is None:
            text = _(
                "These are too many for a message. On the server: `insop announce report {number} "
                "--csv`",
                number=told.id,
            )
            return Message(text=text, is_ephemeral=True)
        text = _("Every recipient of announcement {number}", number=told.id)
        return Message(text=text, attachments=(file,), is_ephemeral=True)

    async def decide(self, turn: Turn, told: Announcement, kind: str) -> Reply:
        """Of the unknown ones: send ``again``, they have it (``seen``), or ``leave`` them."""
        store: Store = turn.store
        _ = turn._
        if kind == "again" and told.state not in ("running", "done"):
            return Notice(text=_("It is paused or cancelled; nothing is sent again."))
        counts = await store.announcements.counts(told.id)
        found = await self._unknown(turn, counts, told.id, DECIDED)
        decided = await store.outbox_reports.decide(
            [row.id for row in found], _VERDICTS[kind], turn.clock.now()
        )
        if not decided:
            return Notice(text=_("Nobody is unknown any more."))
        await store.audit.add(
            f"announcement.{_AUDITED[kind]}",
            actor_id=turn.member.id,
            via=turn.event.conversation.platform,
            now=turn.clock.now(),
            detail=f"{told.id} {decided} recipients",
        )
        if kind == "again":
            return Message(
                text=_.plural(
                    "It goes again to {count} recipient, who may get it twice.",
                    "It goes again to {count} recipients, some of whom may get it twice.",
                    decided,
                ),
                is_ephemeral=True,
            )
        return await self.show(turn, told)

    async def _unknown(
        self, turn: Turn, counts: Counter[tuple[str, str]], number: int, limit: int
    ) -> list[ReportRow]:
        store: Store = turn.store
        found: list[ReportRow] = []
        for platform in sorted({platform for platform, _state in counts}):
            found += await store.outbox_reports.page(
                number, platform, "unknown", limit=limit - len(found)
            )
            if len(found) >= limit:
                break
        return found


_NAMES: Final = dict(LANGUAGE_NAMES)


def _action(kind: str, told: Announcement) -> Action:
    return Action(RUN, kind, str(told.id))


def _section(heading: str, lines: list[str]) -> str:
    return "\n".join([f"**{escape(heading)}**", *lines]) if lines else ""


def _lines(counts: Counter[tuple[str, str]], names: Mapping[str, str], _: Translate) -> list[str]:
    by_key: dict[str, Counter[str]] = {}
    for (key, state), count in sorted(counts.items()):
        if count:
            by_key.setdefault(key, Counter())[_(STATES.get(state, state))] += count
    return [
        f"- {escape(names.get(key, key))}: "
        + ", ".join(f"{escape(state)} {count}" for state, count in states.items())
        for key, states in by_key.items()
    ]


def _reason_lines(counts: Counter[tuple[str, str]], _: Translate) -> list[str]:
    named: Counter[tuple[str, str]] = Counter()
    for (state, reason), count in counts.items():
        words = _(REASONS[reason]) if reason in REASONS else reason or "–"
        named[_(STATES.get(state, state)), words] += count
    return [
        f"- {escape(', '.join(dict.fromkeys(pair)))}: {count}"
        for pair, count in named.most_common()
    ]


def _unknown_lines(rows: list[ReportRow], total: int, _: Translate) -> list[str]:
    lines = [
        _(
            "The platform gave no answer, so these may have it or not. Look into the chat if you "
            "can. “Send again” may give it to them twice, “They have it” counts them as sent, "
            "“Leave them” as failed."
        )
    ]
    lines += [f"- {PLATFORM_NAMES.get(row.platform, row.platform)} {row.chat_id}" for row in rows]
    if total > len(rows):
        more = total - len(rows)
        lines.append(_.plural("… and {count} more", "… and {count} more", more))
    return lines
