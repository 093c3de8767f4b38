"""The draft of an announcement as its author sees it: the message itself, and all about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import Raw
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Translate, Turn
from bot.store import Store
from bot.store.announcement_drafts import Plan
from bot.store.announcements import FALLBACK, Announcement
from handlers.announce_audience import ACTION, audience_text, recipients_text
from handlers.announce_files import files_text, light, unready
from handlers.announce_texts import Wording, shown_time, unclosed, wording_of
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES

RUN: Final = "announcing"
"""The action of the buttons that send, and of those of an announcement on its way."""


class DraftPanel:
    """Shows a draft; times are in the secretariat's ``zone``."""

    def __init__(self, zone: str) -> None:
        self._zone = zone

    async def show(self, turn: Turn, number: int) -> tuple[Message, Message]:
        """The message exactly as a reader gets it, then what can be done with it."""
        store: Store = turn.store
        told = await store.announcements.get(number)
        plan = await store.announcement_drafts.plan(number)
        assert told is not None
        assert plan is not None
        texts = await store.announcements.texts(number)
        wording = wording_of(texts)
        preview = replace(light(texts[FALLBACK], turn._), is_ephemeral=True)
        return (preview, await self._panel(turn, told, plan, wording))

    async def _panel(self, turn: Turn, told: Announcement, plan: Plan, wording: Wording) -> Message:
        store: Store = turn.store
        _ = turn._
        found = await store.announcement_drafts.recipients(told.audience)
        files = await store.announcement_files.of(told.id)
        lines = [
            _("**To:** {audience}", audience=audience_text(told.audience, _)),
            _("**Recipients:** {count}", count=Raw(recipients_text(found))),
            _(
                "**Written in:** {languages}",
                languages=", ".join(LANGUAGE_NAMES[code] for code in wording.texts),
            ),
            *([_("**Files:** {files}", files=files_text(files, _))] if files else []),
            _("**Topic:** {topic}", topic=_(RECEIVES.get(told.topic or "", told.topic or "–"))),
            _("**Leaves:** {time}", time=self.due_text(plan, _)),
        ]
        if plan.timing.quiet is not None:
            first, _dash, last = plan.timing.quiet.partition("-")
            lines.append(
                _(
                    "**Quiet:** nobody gets it between {first} and {last} of their own clock.",
                    first=first,
                    last=last,
                )
            )
        if plan.expires_at is not None:
            days = max(1, round((plan.expires_at - plan.due_at).total_seconds() / 86400))
            lines.append(
                _.plural(
                    "**Dropped** where it has not left within {count} day.",
                    "**Dropped** where it has not left within {count} days.",
                    days,
                )
            )
        missing = {
            language for _platform, language in found if language and language not in wording.texts
        }
        if missing:
            names = ", ".join(LANGUAGE_NAMES.get(code, code) for code in sorted(missing))
            lines.append(
                _(
                    "There is no version in: {languages}. These readers get the one in {original}, "
                    "with a note that says so.",
                    languages=names,
                    original=LANGUAGE_NAMES[wording.original],
                )
            )
        if fault := unready(files, {platform for platform, _language in found}, _):
            lines.append(f"⚠️ {fault}")
        lines += [
            _("⚠️ A {sign} in the text has no end; it is shown as it stands.", sign=sign)
            for sign in map(unclosed, wording.texts.values())
            if sign
        ]
        if warning := await self.warning(turn, wording):
            lines.append(warning)
        return Message(
            title=_("Draft {number}", number=told.id),
            text="\n".join(lines),
            rows=_rows(_, told, found.total(), has_files=bool(files)),
            is_ephemeral=True,
        )

    async def warning(self, turn: Turn, wording: Wording) -> str:
        """What to say where the same words left before; nothing where they did not."""
        store: Store = turn.store
        before = await store.announcement_drafts.sent_before(wording.texts[wording.original])
        if before is None:
            return ""
        number, at = before
        return turn._(
            "⚠️ **The same text was sent before**, as announcement {number} of {time}.",
            number=number,
            time=shown_time(at, self._zone),
        )

    def due_text(self, plan: Plan, _: Translate) -> str:
        """When it leaves."""
        if plan.timing.wall_time is not None:
            time = plan.timing.wall_time.replace("T", " ")
            return _("{time} on each reader's clock", time=time)
        return shown_time(plan.due_at, self._zone) if plan.has_time else _("as soon as you say yes")


def _rows(_: Translate, told: Announcement, total: int, *, has_files: bool) -> tuple[Row, ...]:
    number = str(told.id)

    def button(label: str, kind: str) -> Button:
        return Button(label=label, action=Action(ACTION, kind, number))

    files = [button(_("Add a language"), "version"), button(_("Add a file"), "file")]
    if has_files:
        files += [button(_("Remove the files"), "unfile"), button(_("Refresh"), "show")]
    quiet = _("At any hour") if told.timing.quiet else _("Not in quiet hours")
    times = (
        button(_("Set a time"), "time"),
        button(_("Each reader's hour"), "hour"),
        button(quiet, "quiet"),
    )
    looks = (
        button(_("Who hears it…"), "who"),
        button(_("Preview"), "preview"),
        button(_("Test to me"), "test"),
    )
    discard = Button(label=_("Discard"), action=Action(ACTION, "discard", number), style="danger")
    send = Button(
        label=_.plural("Send to {count}…", "Send to {count}…", total),
        action=Action(RUN, "ask", number),
        style="primary",
    )
    return (looks, tuple(files), times, (send, discard))
