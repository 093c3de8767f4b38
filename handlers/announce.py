"""``/announce``: the secretariat writes an announcement; it becomes a draft to look at."""

from __future__ import annotations

from datetime import timedelta

from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.forms import Form
from bot.chat.messages import Message, Notice
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import FALLBACK, Timing
from bot.store.audience import Audience
from handlers.announce_audience import ACTION, COUNTRY_FORM, AudiencePicker
from handlers.announce_draft import DraftPanel
from handlers.announce_files import FILE_FORM, file_form, take, unready
from handlers.announce_forms import (
    DAYS,
    FORM,
    VERSION_FORM,
    hour_form,
    text_form,
    time_form,
    version_form,
)
from handlers.announce_preview import DraftPreview
from handlers.announce_texts import LIMIT, Wording, compose, wording_of
from handlers.announce_times import DraftTimes, gone
from handlers.descriptions import Translators, in_all
from handlers.discretion import is_discreet
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES


class Announce:
    """From the text to the draft. ``announce_run`` takes it from the yes on.

    A handler that changes a draft answers with the whole panel, so that the last thing seen is
    always what would leave.
    """

    def __init__(
        self, panel: DraftPanel, preview: DraftPreview, timing: Timing, translators: Translators
    ) -> None:
        self._panel = panel
        self._preview = preview
        self._timing = timing
        self._times = DraftTimes(panel, timing)
        self._picker = AudiencePicker()
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register; everything here is the secretariat's."""
        spec = CommandSpec(
            name="announce",
            descriptions=in_all(self._translators, N_("Write to all subscribers (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
        )
        routes.add_command(spec, self.announce)
        routes.add_action(ACTION, self.pressed, Role.SECRETARIAT)
        routes.add_form(FORM, self.written, Role.SECRETARIAT)
        routes.add_form(VERSION_FORM, self.version_written, Role.SECRETARIAT)
        self._times.add_to(routes)
        routes.add_form(FILE_FORM, self.file_written, Role.SECRETARIAT)
        routes.add_form(COUNTRY_FORM, self.countries_written, Role.SECRETARIAT)

    async def announce(self, turn: Turn) -> Reply:
        """The draft that was begun, or the form for a new one."""
        store: Store = turn.store
        if not is_discreet(turn):
            return Message(text=turn._("Please write announcements in a private chat with me."))
        number = await store.announcement_drafts.of(turn.member.id)
        return await self._panel.show(turn, number) if number is not None else text_form(turn._)

    async def written(self, turn: Turn) -> Reply:
        """The form was filled in: keep the draft and show it."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        event, now = turn.event, turn.clock.now()
        text, language = event.value("text").strip(), event.value("language")
        topic, days = event.value("topic"), event.value("days")
        if (
            not text
            or language not in LANGUAGE_NAMES
            or topic not in RECEIVES
            or days not in DAYS
            or len(text) > LIMIT
        ):
            return text_form(turn._)
        wording = Wording(original=language, texts={language: text})
        number = await store.announcements.create(
            Audience(topic=topic),
            compose(wording, self._translators),
            now=now,
            expires_at=now + timedelta(days=int(days)),
            topic=topic,
            created_by=turn.member.id,
            timing=self._timing,
        )
        turn.notes["announcement"] = str(number)
        return await self._with_files(turn, number, "text")

    async def version_written(self, turn: Turn) -> Reply:
        """A version in another language, for the draft that this person has begun."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        text, language = turn.event.value("text").strip(), turn.event.value("language")
        number = await store.announcement_drafts.of(turn.member.id)
        if number is None:
            return Message(text=gone(turn._), is_ephemeral=True)
        if not text or language not in LANGUAGE_NAMES or len(text) > LIMIT:
            return version_form(turn._)
        wording = wording_of(await store.announcements.texts(number))
        texts = compose(wording.with_text(language, text), self._translators)
        await store.announcement_drafts.set_texts(number, texts, turn.clock.now())
        return await self._with_files(turn, number, "text")

    async def file_written(self, turn: Turn) -> Reply:
        """A picture or a document for the draft."""
        store: Store = turn.store
        number = await store.announcement_drafts.of(turn.member.id)
        if number is None:
            return Message(text=gone(turn._), is_ephemeral=True)
        return await self._with_files(turn, number, "file")

    async def _with_files(self, turn: Turn, number: int, field: str) -> Reply:
        fault = await take(turn, number, field)
        panel = await self._panel.show(turn, number)
        return (Message(text=fault, is_ephemeral=True), *panel) if fault else panel

    async def countries_written(self, turn: Turn) -> Reply:
        """The countries that narrow the audience."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        number = await store.announcement_drafts.of(turn.member.id)
        told = await store.announcements.get(number) if number is not None else None
        if told is None:
            return Message(text=gone(turn._), is_ephemeral=True)
        return await self._picker.set_countries(turn, told, turn.event.value("countries"))

    async def pressed(self, turn: Turn) -> Reply:
        """A button of the draft's panel."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        args = turn.event.action.args
        kind, number, rest = args[0] if args else "", "".join(args[1:2]), list(args[2:])
        if not number.isdecimal() or len(number) > 18:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        told = await store.announcements.get(int(number))
        if told is None or told.state != "draft":
            return Notice(text=gone(turn._))
        match kind:
            case "show":
                return await self._panel.show(turn, told.id)
            case "test":
                return await self._test(turn, told.id)
            case "version":
                return await self._own(turn, told.id, version_form(turn._))
            case "preview":
                return await self._preview.show(turn, told, "".join(rest))
            case "time":
                return await self._own(turn, told.id, time_form(turn._, self._times.zone))
            case "hour":
                return await self._own(turn, told.id, hour_form(turn._))
            case "quiet":
                return await self._times.toggle_quiet(turn, told)
            case "file":
                return await self._own(turn, told.id, file_form(turn._))
            case "unfile":
                await store.announcement_files.remove(told.id)
                await store.announcement_drafts.touch(told.id, turn.clock.now())
                return await self._panel.show(turn, told.id)
            case "discard":
                await store.announcement_drafts.discard(told.id)
                return Message(text=turn._("The draft is gone. Nothing was sent."))
        reply = await self._picker.handle(turn, told, kind, rest)
        return await self._own(turn, told.id, reply) if isinstance(reply, Form) else reply

    async def _own(self, turn: Turn, number: int, form: Form) -> Reply:
        # The forms find their draft by its author.
        store: Store = turn.store
        if await store.announcement_drafts.of(turn.member.id) != number:
            return Notice(text=turn._("Somebody else has begun this draft, or there is a newer."))
        return form

    async def _test(self, turn: Turn, number: int) -> Reply:
        store: Store = turn.store
        _ = turn._
        where = turn.event.conversation
        files = await store.announcement_files.of(number)
        if fault := unready(files, (where.platform,), _):
            return Notice(text=fault)
        texts = await store.announcements.texts(number)
        mine = texts.get(_.language, texts[FALLBACK])
        if not where.is_private:
            return Notice(text=_("A test goes to a private chat; please write to me there."))
        await store.outbox.add(
            f"announcement-test:{number}:{turn.event.id}"[:80],
            where,
            mine,
            lane=Lane.RELAY,
            on_unknown="resend",
            now=turn.clock.now(),
        )
        return Notice(text=_("A test is on its way to you, to nobody else."))
