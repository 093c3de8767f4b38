"""A second person looks at an announcement before it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.messages import Button, Message, Notice
from bot.chat.ports import Lane
from bot.chat.turn import Reply, Translate, Turn
from bot.marking import N_
from bot.store import Store
from bot.store.announcements import FALLBACK, Announcement
from handlers.announce_audience import audience_text
from handlers.announce_draft import RUN
from handlers.announce_files import light
from handlers.announce_ports import AnnouncePorts

Switch = Literal["auto", "on", "off"]
_SEND: Final = N_(
    "{name} wants to send announcement {number} to {audience}: {count} recipients. It needs a "
    "second person's yes."
)
_CORRECT: Final = N_(
    "{name} wants to correct announcement {number} to {audience}: {count} copies have arrived. It "
    "needs a second person's yes."
)
_SENT_BACK: Final = N_("{name} sent announcement {number} back to you. /announce shows the draft.")
_NOT_CORRECTED: Final = N_("{name} did not agree to the correction of announcement {number}.")


class SecondPerson:
    """``switch`` auto: a yes is asked for as soon as there is more than one secretary."""

    def __init__(self, ports: AnnouncePorts, switch: Switch) -> None:
        self._ports = ports
        self._switch = switch

    async def is_needed(self, turn: Turn) -> bool:
        """Whether somebody else has to say yes."""
        if self._switch != "auto":
            return self._switch == "on"
        store: Store = turn.store
        return len(await store.staff.secretaries(self._ports.roles)) > 1

    async def propose(self, turn: Turn, told: Announcement, recipients: int) -> Reply:
        """Ask every other secretary and the desks."""
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        if not await store.announcement_reviews.propose(told.id, turn.member.id, now):
            return Notice(text=_("This draft is sent or discarded already."))
        chats = await self._others(turn)
        number = await self._number(turn, told)
        name, mark = turn.member.name, turn.event.id
        await ask_staff(store, told, _, number, name, recipients, chats, now, mark)
        await note(turn, told.id, "proposed", f"{recipients} recipients")
        if not chats:
            text = _("It waits for a second person's yes, but there is nobody else to ask.")
        else:
            text = _("It waits for a second person's yes. I have asked the secretariat.")
        back = Button(label=_("Take it back"), action=_action("back", told))
        return Message(text=text, rows=((back,),), is_ephemeral=True)

    async def refusal(self, turn: Turn, told: Announcement, version: str) -> Notice | None:
        """Why this person cannot say yes to it now; None where they can."""
        store: Store = turn.store
        if told.state != "proposed":
            return Notice(text=turn._("Somebody has decided already."))
        if version != str(told.version):
            return Notice(text=turn._("The draft has changed since. Please look at it again."))
        review = await store.announcement_reviews.of(told.id)
        if review is None or review.is_own(turn.member.id):
            return Notice(text=turn._("This is your own; somebody else has to say yes to it."))
        if {review.author, review.proposed_by} & await self._twins(turn):
            return Notice(
                text=turn._(
                    "It comes from another account that seems to be yours; somebody else has to "
                    "say yes to it. If both are yours, join them with /link."
                )
            )
        return None

    async def approved(self, turn: Turn, told: Announcement) -> None:
        """It leaves: write down by whose yes, and tell its author."""
        store: Store = turn.store
        await store.announcement_reviews.approve(told.id, turn.member.id, turn.clock.now())
        await note(turn, told.id, "approved")
        text = turn._(
            "{name} said yes to announcement {number}. It is being sent; /announcements {number} "
            "shows how far it is.",
            name=turn.member.name,
            number=await self._number(turn, told),
        )
        await self._tell_author(turn, told, "yes", text)

    async def send_back(self, turn: Turn, told: Announcement) -> Reply:
        """It becomes a draft again: by its author, or by whoever has doubts about it."""
        store: Store = turn.store
        review = await store.announcement_reviews.of(told.id)
        if not await store.announcement_reviews.send_back(
            told.id, turn.member.id, turn.clock.now()
        ):
            return Notice(text=turn._("Somebody has decided already."))
        is_own = review is not None and review.is_own(turn.member.id)
        await note(turn, told.id, "taken_back" if is_own else "sent_back")
        if not is_own:
            words = _SENT_BACK if told.kind == "send" else _NOT_CORRECTED
            number = await self._number(turn, told)
            text = turn._(words, name=turn.member.name, number=number)
            await self._tell_author(turn, told, "no", text)
        text = turn._("It is a draft again. Nothing was sent.")
        return Message(text=text, is_ephemeral=True)

    async def _number(self, turn: Turn, told: Announcement) -> int:
        """The announcement that people know: of a correction, the one that it corrects."""
        store: Store = turn.store
        return await store.announcement_reviews.corrects(told.id) or told.id

    async def _others(self, turn: Turn) -> list[ConversationRef]:
        store: Store = turn.store
        staff = await store.staff.secretaries(self._ports.roles)
        own = {turn.member.id, *await self._twins(turn)}
        chats = [each.chat for each in staff if each.person_id not in own]
        return list(dict.fromkeys((*chats, *self._ports.desks)))

    async def _twins(self, turn: Turn) -> frozenset[int]:
        """Other records that are most likely the one who acts."""
        store: Store = turn.store
        return await store.staff.twins(turn.member.id, self._ports.contacts())

    async def _tell_author(self, turn: Turn, told: Announcement, verdict: str, text: str) -> None:
        store: Store = turn.store
        review = await store.announcement_reviews.of(told.id)
        author = review.proposed_by if review is not None else None
        staff = await store.staff.secretaries(self._ports.roles)
        for each in staff:
            if author is not None and each.person_id == author:
                message, now = Message(text=text), turn.clock.now()
                await tell(store, told, verdict, each.chat, message, now, turn.event.id)


async def ask_staff(
    store: Store,
    told: Announcement,
    _: Translate,
    number: int,
    name: str,
    recipients: int,
    chats: Sequence[ConversationRef],
    now: datetime,
    mark: str,
) -> None:
    """Show it to ``chats`` with the buttons for a yes and a no; ``mark`` tells occasions apart.

    ``number`` is the announcement as people know it, and ``name`` whoever wants to send it.
    """
    texts = await store.announcements.texts(told.id)
    yes = Button(label=_("Yes, send it"), action=_action("approve", told), style="primary")
    back = Button(label=_("Send it back"), action=_action("back", told))
    question = Message(
        text=_(
            _SEND if told.kind == "send" else _CORRECT,
            name=name,
            number=number,
            audience=audience_text(told.audience, _),
            count=recipients,
        ),
        rows=((yes, back),),
    )
    for chat in chats:
        for part, message in (
            ("text", replace(light(texts[FALLBACK], _), rows=())),
            ("ask", question),
        ):
            await tell(store, told, part, chat, message, now, mark)


async def tell(
    store: Store,
    told: Announcement,
    part: str,
    chat: ConversationRef,
    message: Message,
    now: datetime,
    mark: str,
) -> None:
    """Write to somebody of the staff about an announcement."""
    await store.outbox.add(
        f"review:{told.id}:{told.version}:{part}:{mark}"[:80],
        chat,
        message,
        lane=Lane.RELAY,
        on_unknown="resend",
        now=now,
    )


async def note(turn: Turn, number: int, what: str, detail: str = "") -> None:
    """Write down who of the staff did what with an announcement."""
    store: Store = turn.store
    turn.notes["announcement"] = str(number)
    turn.notes["decision"] = what
    await store.audit.add(
        f"announcement.{what}",
        actor_id=turn.member.id,
        via=turn.event.conversation.platform,
        now=turn.clock.now(),
        detail=" ".join(filter(None, (str(number), detail))),
    )


def _action(kind: str, told: Announcement) -> Action:
    return Action(RUN, kind, str(told.id), str(told.version))
