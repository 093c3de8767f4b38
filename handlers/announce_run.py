"""An announcement from the yes to its end: sending, progress, pause, report."""

from __future__ import annotations

from collections import Counter
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.markup import Raw
from bot.chat.messages import Button, Edit, Message, Notice
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import Announcement, AnnouncementState
from handlers.announce_audience import audience_text, recipients_text
from handlers.announce_draft import RUN, DraftPanel
from handlers.announce_files import unready
from handlers.announce_preview import DraftPreview
from handlers.announce_progress import Progress
from handlers.announce_report import Report
from handlers.announce_review import SecondPerson, note
from handlers.announce_revise import Revise
from handlers.announce_texts import wording_of
from handlers.announce_times import know_zones
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet

LISTED: Final = 10

_CHANGES: Final[dict[str, tuple[AnnouncementState, tuple[AnnouncementState, ...]]]] = {
    "pause": ("paused", ("running",)),
    "resume": ("running", ("paused",)),
    "cancel": ("cancelled", ("running", "paused")),
}
"""Buttons, the state they lead to, and the states they lead from."""


class AnnounceRun:
    """The state in the table decides what a press may do, so a second press does nothing."""

    def __init__(
        self,
        panel: DraftPanel,
        preview: DraftPreview,
        review: SecondPerson,
        revise: Revise,
        progress: Progress,
        report: Report,
        translators: Translators,
    ) -> None:
        self._panel = panel
        self._preview = preview
        self._review = review
        self._revise = revise
        self._progress = progress
        self._report = report
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register; everything here is the secretariat's."""
        spec = CommandSpec(
            name="announcements",
            descriptions=in_all(self._translators, N_("What was sent (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
        )
        routes.add_command(spec, self.announcements)
        routes.add_action(RUN, self.pressed, Role.SECRETARIAT)

    async def announcements(self, turn: Turn) -> Reply:
        """The latest ones, or the one whose number follows the command."""
        assert isinstance(turn.event, CommandInvoked)
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return Message(text=_("Please write announcements in a private chat with me."))
        wanted = turn.event.text.strip()
        if wanted.isdecimal() and len(wanted) <= 18:
            told = await store.announcements.get(int(wanted))
            if told is not None and told.state != "draft":
                return await self._progress.show(turn, told)
        rows = []
        for number, state, _at in await store.announcement_reports.last(LISTED):
            label = _("{number}: {state}", number=number, state=self._progress.state_name(state, _))
            rows.append((Button(label=label, action=Action(RUN, "show", str(number))),))
        if not rows:
            return Message(text=_("Nothing was announced yet."), is_ephemeral=True)
        is_shared = not turn.event.conversation.is_private
        text = _("The latest announcements:")
        return Message(text=text, rows=tuple(rows), is_ephemeral=is_shared)

    async def pressed(self, turn: Turn) -> Reply:
        """A button of the yes, of the progress, or of the report."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        kind, number, version, *_rest = (*turn.event.action.args, "", "", "")
        if not number.isdecimal() or len(number) > 18:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        told = await store.announcements.get(int(number), is_locked=True)
        if told is None:
            return Notice(text=turn._("This draft is sent or discarded already."))
        if kind == "revise":
            return await self._revise.correct(turn, told)
        if kind in ("ask", "yes") and told.state == "draft" and told.kind == "send":
            return (
                await self._ask(turn, told)
                if kind == "ask"
                else await self._yes(turn, told, version)
            )
        if told.state == "draft":
            return Notice(text=turn._("This announcement has not been sent yet."))
        if kind == "approve":
            return await self._approve(turn, told, version)
        if kind == "back":
            return await self._review.send_back(turn, told)
        match kind:
            case "ask" | "yes" | "show":
                return await self._progress.watched(turn, told)
            case "look":
                return await self._looked(turn, told)
            case "pause" | "resume" | "cancel":
                return await self._change(turn, told, kind)
            case "correct":
                return await self._revise.form(turn, told)
            case "recall":
                return await self._revise.ask_recall(turn, told)
            case "recalled":
                return await self._revise.recall(turn, told)
            case "report":
                return await self._report.show(turn, told)
            case "again" | "seen" | "leave":
                return await self._report.decide(turn, told, kind)
            case "chart":
                return await self._report.picture(turn, told)
            case "csv":
                return await self._report.sheet(turn, told)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _ask(self, turn: Turn, told: Announcement) -> Reply:
        store: Store = turn.store
        _ = turn._
        found = await store.announcement_drafts.recipients(told.audience)
        if not found.total():
            return Notice(text=_("Nobody is in this audience. Choose another one."))
        if fault := await self._fault(turn, told, found):
            return Notice(text=fault)
        plan = await store.announcement_drafts.plan(told.id)
        assert plan is not None
        text = _(
            "Really send announcement {number} to {audience}: **{count}** recipients? "
            "It leaves {time}.",
            number=told.id,
            audience=audience_text(told.audience, _),
            count=Raw(recipients_text(found)),
            time=self._panel.due_text(plan, _),
        )
        wording = wording_of(await store.announcements.texts(told.id))
        if warning := await self._panel.warning(turn, wording):
            text = f"{warning}\n\n{text}"
        yes = Button(
            label=_("Yes, send it"),
            action=Action(RUN, "yes", str(told.id), str(told.version)),
            style="primary",
        )
        # What is personal cannot be kept fresh by itself on Discord.
        is_shared = not turn.event.conversation.is_private
        return Message(text=text, rows=((yes,),), is_ephemeral=is_shared)

    async def _yes(self, turn: Turn, told: Announcement, version: str) -> Reply:
        store: Store = turn.store
        if version != str(told.version):
            return Notice(text=turn._("The draft has changed since. Please look at it again."))
        found = await store.announcement_drafts.recipients(told.audience)
        if not found.total():
            return Notice(text=turn._("Nobody is in this audience. Choose another one."))
        if fault := await self._fault(turn, told, found):
            return Notice(text=fault)
        if await self._review.is_needed(turn):
            return await self._review.propose(turn, told, found.total())
        return await self._start(turn, told, found.total())

    async def _approve(self, turn: Turn, told: Announcement, version: str) -> Reply:
        store: Store = turn.store
        if (refusal := await self._review.refusal(turn, told, version)) is not None:
            return refusal
        if told.kind == "edit":
            await self._review.approved(turn, told)
            return await self._revise.correct(turn, told, is_approved=True)
        found = await store.announcement_drafts.recipients(told.audience)
        if not found.total():
            return Notice(text=turn._("Nobody is in this audience. Choose another one."))
        await self._review.approved(turn, told)
        return await self._start(turn, told, found.total())

    async def _start(self, turn: Turn, told: Announcement, recipients: int) -> Reply:
        store: Store = turn.store
        now = turn.clock.now()
        if told.timing.is_local:
            await know_zones(store, now)
        await store.announcement_drafts.start(told.id, now, only_from=told.state)
        await store.announcement_watches.begin(told.id, recipients, now)
        await note(turn, told.id, "started", f"{recipients} recipients")
        started = await store.announcements.get(told.id)
        assert started is not None
        return await self._progress.watched(turn, started)

    async def _fault(self, turn: Turn, told: Announcement, found: Counter[tuple[str, str]]) -> str:
        """What stands against sending it to these platforms; empty where nothing does."""
        store: Store = turn.store
        platforms = {platform for platform, _language in found}
        files = await store.announcement_files.of(told.id)
        texts = await store.announcements.texts(told.id)
        return unready(files, platforms, turn._) or self._preview.fault(texts, platforms, turn._)

    async def _change(self, turn: Turn, told: Announcement, kind: str) -> Reply:
        store: Store = turn.store
        state, only_from = _CHANGES[kind]
        if await store.announcements.set_state(
            told.id, state, turn.clock.now(), only_from=only_from
        ):
            await note(turn, told.id, state)
        changed = await store.announcements.get(told.id)
        assert changed is not None
        return await self._looked(turn, changed)

    async def _looked(self, turn: Turn, told: Announcement) -> Reply:
        drawn = await self._progress.watched(turn, told)
        return drawn if isinstance(drawn, Edit) else Edit(message=drawn)
