"""``/status``: how the work stands, for the secretariat."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.markup import Raw
from bot.chat.messages import Message
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.desk.alert_texts import alert_text
from bot.marking import N_
from bot.store import Store
from bot.store.operations import Standing
from handlers.descriptions import Translators, in_all
from handlers.platform_names import platform_name

_CHATS: Final = frozenset({"telegram", "discord"})
_LEASE: Final = timedelta(seconds=30)
"""A sender renews every two seconds; after so long without, nobody sends."""


class OperationsStatus:
    """Numbers only; nobody is named."""

    def __init__(self, translators: Translators) -> None:
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="status",
            descriptions=in_all(self._translators, N_("How the assistant is doing (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
        )
        routes.add_command(spec, self.status)

    async def status(self, turn: Turn) -> Reply:
        """What waits, what is in doubt, what is wrong."""
        store: Store = turn.store
        _ = turn._
        now = turn.clock.now()
        standing = await store.operations.standing(now)
        alerts = await store.alerts.current()
        lines = [_work(standing, _)]
        for lease in standing.leases:
            if lease.token_id in _CHATS and lease.until + _LEASE < now:
                name = platform_name(lease.token_id, _)
                lines.append(_("⚠️ Nobody sends to {platform} at present.", platform=name))
        for lane in standing.lanes:
            minutes = int((now - lane.oldest).total_seconds() // 60)
            lines.append(
                _(
                    "{platform}, {lane}: {count} waiting, the oldest for {minutes} min.",
                    platform=platform_name(lane.platform, _),
                    lane=_lane(lane.lane.name, _),
                    count=lane.count,
                    minutes=minutes,
                )
            )
        for platform, count in sorted(standing.held.items()):
            name = platform_name(platform, _)
            text = _.plural(
                "{platform}: {count} message of which nobody knows whether it arrived.",
                "{platform}: {count} messages of which nobody knows whether they arrived.",
                count,
                platform=name,
            )
            lines.append(text)
        lines += [
            _(
                "⚠️ Needs a person since {time} UTC: {cause}",
                time=f"{alert.since:%Y-%m-%d %H:%M}",
                cause=Raw(alert_text(alert.cause, _).removeprefix("⚠️ ")),
            )
            for alert in alerts
        ]
        if len(lines) == 1 and not alerts:
            lines.append(_("✅ Nothing waits and nothing needs you."))
        return Message(title=_("How I am doing"), text="\n".join(lines), is_ephemeral=True)


def _work(standing: Standing, _: Translate) -> str:
    questions = _.plural("{count} open question", "{count} open questions", standing.open_questions)
    updates = _.plural(
        "{count} message being answered now",
        "{count} messages being answered now",
        standing.unanswered,
    )
    return f"{questions} · {updates}"


def _lane(name: str, _: Translate) -> str:
    return {
        "INTERACTIVE": _("replies"),
        "RELAY": _("questions and answers"),
        "REMINDER": _("reminders"),
        "ANNOUNCEMENT": _("announcements"),
    }[name]
