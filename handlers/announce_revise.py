"""What has arrived is corrected or taken back: first in numbers, then by a yes."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.events import FormSubmitted
from bot.chat.forms import Field, Form
from bot.chat.messages import Button, Choice, Message, Notice
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.store import Store
from bot.store.announcements import Announcement
from handlers.announce_draft import RUN
from handlers.announce_progress import Progress
from handlers.announce_review import SecondPerson, note
from handlers.announce_texts import LIMIT, compose, recall_notes, wording_of
from handlers.descriptions import Translators
from handlers.settings import LANGUAGE_NAMES

FORM: Final = "announce.correct"
_TEXT: Final = "text-"
"""Begins the name of the field, which ends with the announcement's number."""
REVISABLE: Final = ("running", "paused", "cancelled", "done")


class Revise:
    """A correction waits as a draft of its own until somebody says yes to it."""

    def __init__(self, review: SecondPerson, progress: Progress, translators: Translators) -> None:
        self._review = review
        self._progress = progress
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_form(FORM, self.written, Role.SECRETARIAT)

    async def form(self, turn: Turn, told: Announcement) -> Reply:
        """Asks for the text to put in the place of the one that was sent."""
        if (refused := await self._refusal(turn, told)) is not None:
            return refused
        store: Store = turn.store
        _ = turn._
        wording = wording_of(await store.announcements.texts(told.id))
        languages = tuple(Choice(label=LANGUAGE_NAMES[code], value=code) for code in wording.texts)
        return Form(
            id=FORM,
            title=_("Correct announcement {number}", number=told.id),
            fields=(
                Field(
                    name="language",
                    label=_("Which version?"),
                    kind="choice",
                    choices=languages,
                    value=wording.original,
                ),
                Field(
                    name=f"{_TEXT}{told.id}",
                    label=_("The whole text, corrected"),
                    kind="text",
                    limit=LIMIT,
                    is_markup=True,
                ),
            ),
        )

    async def written(self, turn: Turn) -> Reply:
        """Keep the correction, and say what it would do."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        number, text = _answer(turn.event)
        told = await store.announcements.get(number) if number else None
        if told is None or not text or len(text) > LIMIT:
            return Notice(text=_("This button no longer works. Please ask again."))
        if (refused := await self._refusal(turn, told)) is not None:
            return refused
        wording = wording_of(await store.announcements.texts(told.id))
        language = turn.event.value("language")
        if language not in wording.texts:
            return Notice(text=_("This button no longer works. Please ask again."))
        changed = wording.with_text(language, text)
        if changed == wording:
            return Message(text=_("That is the text that was sent; nothing to correct."))
        texts = compose(changed, self._translators)
        draft = await store.announcement_reviews.keep_correction(told, texts, turn.member.id, now)
        yes = Button(
            label=_("Yes, correct it"),
            action=Action(RUN, "revise", str(draft)),
            style="primary",
        )
        return (
            Message(text=texts[language].text, footer=texts[language].footer, is_ephemeral=True),
            Message(
                text=await self._outlook(turn, told, is_recall=False),
                rows=((yes,),),
                is_ephemeral=not turn.event.conversation.is_private,
            ),
        )

    async def correct(self, turn: Turn, draft: Announcement, *, is_approved: bool = False) -> Reply:
        """Yes to a correction: of its author, or ``is_approved`` by a second person.

        An author's second press does not stand for somebody else's yes.
        """
        store: Store = turn.store
        number = await store.announcement_reviews.corrects(draft.id)
        told = await store.announcements.get(number) if number is not None else None
        if told is None or draft.state not in ("draft", "proposed"):
            return Notice(text=turn._("This button no longer works. Please ask again."))
        if draft.state == "proposed" and not is_approved:
            text = turn._("It waits for a second person's yes. I have asked the secretariat.")
            return Notice(text=text)
        if draft.state == "draft" and await self._review.is_needed(turn):
            counts = await store.announcements.counts(told.id)
            sent = sum(count for (_p, state), count in counts.items() if state == "sent")
            return await self._review.propose(turn, draft, sent)
        texts = await store.announcements.texts(draft.id)
        begun = await store.announcement_revisions.correct(
            told.id, texts, turn.clock.now(), created_by=turn.member.id
        )
        await store.announcement_reviews.drop_corrections(told.id)
        return await self._follow(turn, told, begun, "corrected")

    async def ask_recall(self, turn: Turn, told: Announcement) -> Reply:
        """How many copies go, and what stays."""
        if (refused := await self._refusal(turn, told)) is not None:
            return refused
        yes = Button(
            label=turn._("Yes, recall it"),
            action=Action(RUN, "recalled", str(told.id)),
            style="danger",
        )
        return Message(
            text=await self._outlook(turn, told, is_recall=True),
            rows=((yes,),),
            is_ephemeral=not turn.event.conversation.is_private,
        )

    async def recall(self, turn: Turn, told: Announcement) -> Reply:
        """Yes to the recall: at once, without a second person, for it may be urgent."""
        if (refused := await self._refusal(turn, told)) is not None:
            return refused
        store: Store = turn.store
        original = wording_of(await store.announcements.texts(told.id)).original
        begun = await store.announcement_revisions.recall(
            told.id,
            recall_notes(original, self._translators),
            turn.clock.now(),
            created_by=turn.member.id,
        )
        return await self._follow(turn, told, begun, "recalled")

    async def _follow(self, turn: Turn, told: Announcement, begun: int | None, what: str) -> Reply:
        store: Store = turn.store
        revision = await store.announcements.get(begun) if begun is not None else None
        if revision is None:
            return Notice(text=turn._("It was recalled; there is nothing left to change."))
        await note(turn, told.id, what)
        return await self._progress.watched(turn, revision)

    async def _refusal(self, turn: Turn, told: Announcement) -> Notice | None:
        store: Store = turn.store
        if told.revises is not None or told.state not in REVISABLE:
            return Notice(text=turn._("This announcement has not been sent yet."))
        kinds = [kind for _n, kind, _s in await store.announcement_revisions.of(told.id)]
        if "delete" in kinds:
            return Notice(text=turn._("It was recalled; there is nothing left to change."))
        return None

    async def _outlook(self, turn: Turn, told: Announcement, *, is_recall: bool) -> str:
        store: Store = turn.store
        _ = turn._
        counts = await store.announcements.counts(told.id)
        states = {
            name: sum(count for (_p, state), count in counts.items() if state == name)
            for name in ("sent", "unknown")
        }
        if is_recall:
            lines = [
                _.plural(
                    "Recall announcement {number}? {count} copy has arrived and is taken away.",
                    "Recall announcement {number}? {count} copies have arrived and are taken away.",
                    states["sent"],
                    number=told.id,
                ),
                _("What has not left yet stays here."),
                _(
                    "On Telegram a message older than two days cannot be taken away; it then says "
                    "that it was recalled. What somebody has read or passed on cannot be undone."
                ),
            ]
        else:
            lines = [
                _.plural(
                    "Correct announcement {number}? {count} copy has arrived and is edited.",
                    "Correct announcement {number}? {count} copies have arrived and are edited.",
                    states["sent"],
                    number=told.id,
                ),
            ]
            if told.state != "cancelled":
                lines.append(
                    _("What has not left yet goes out corrected. Pictures and documents stay.")
                )
        if states["unknown"]:
            lines.append(_doubtful(states["unknown"], _))
        return "\n".join(lines)


def _doubtful(count: int, _: Translate) -> str:
    return _.plural(
        "Of {count} recipient nobody knows whether it arrived; that copy stays as it is.",
        "Of {count} recipients nobody knows whether it arrived; those copies stay as they are.",
        count,
    )


def _answer(event: FormSubmitted) -> tuple[int, str]:
    for name, value in event.values:
        number = name.removeprefix(_TEXT)
        if name.startswith(_TEXT) and number.isdecimal() and len(number) < 18:
            return int(number), value.strip()
    return 0, ""
