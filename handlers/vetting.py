"""The secretariat's yes or no to an application, where the settings ask for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.chat.actions import Action, is_number
from bot.chat.events import ActionPressed, ConversationRef
from bot.chat.markup import escape
from bot.chat.messages import Button, Edit, Message, Notice
from bot.chat.ports import Lane
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.store import Store
from bot.store.memberships import Membership
from handlers import membership
from handlers.descriptions import Translators
from handlers.join_fields import LABELS, shown

_TOLD: Final = ("name", "country", "stakeholder", "organisation", "interests")
"""What desks read of an application; the address stays in the list."""


class Vetting:
    """Tells the desks, takes their word, and tells the applicant."""

    def __init__(self, desks: Sequence[ConversationRef], translators: Translators) -> None:
        self._desks = tuple(desks)
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action("vet", self.pressed, Role.SECRETARIAT)

    async def tell(self, turn: Turn, member: Membership) -> None:
        """Queue the application for every desk, with two buttons."""
        store: Store = turn.store
        now = turn.clock.now()
        told = self.describe(member, self._translators("en"))
        for desk in (*self._desks, *await store.chats.desks("console")):
            await store.outbox.add(
                f"application:{member.person_id}:{now:%Y%m%d%H%M%S}",
                desk,
                told,
                lane=Lane.RELAY,
                on_unknown="resend",
                now=now,
            )

    def describe(self, member: Membership, _: Translate) -> Message:
        """An application as the secretariat reads it."""
        values = membership.values_of(member)
        lines = [
            f"- **{escape(_(LABELS[name]))}:** {escape(shown(name, values[name], _))}"
            for name in _TOLD
        ]
        number = str(member.person_id)
        yes = Button(label=_("Approve"), action=Action("vet", "yes", number), style="primary")
        no = Button(label=_("Decline"), action=Action("vet", "no", number), style="danger")
        title = _("Application {number}", number=number)
        return Message(title=title, text="\n".join(lines), rows=((yes, no),), is_ephemeral=True)

    async def pressed(self, turn: Turn) -> Reply:
        """The word of somebody with the role for it; the first word counts."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action.args:
            case (("yes" | "no") as word, number) if is_number(number):
                return await self.decide(turn, int(number), is_yes=word == "yes")
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def decide(self, turn: Turn, person_id: int, *, is_yes: bool) -> Reply:
        """Make somebody a member, or not; both are noted and told."""
        store: Store = turn.store
        _ = turn._
        now = turn.clock.now()
        member = await store.memberships.get(person_id)
        if member is None or member.state != "applied":
            return Notice(text=_("This application is settled already."))
        if is_yes:
            decided = replace(member, state="member", approved_at=now)
        else:
            decided = replace(member, state="left", left_at=now, receives=())
        await store.memberships.save(decided, now)
        await membership.settle_role(turn, decided)
        await store.audit.add(
            "approve" if is_yes else "decline",
            actor_id=turn.member.id,
            via=turn.event.conversation.platform,
            now=now,
            subject_id=person_id,
        )
        await self._tell_applicant(turn, decided)
        text = (
            _("{name} is a member now.", name=member.name)
            if is_yes
            else _("The application of {name} is declined.", name=member.name)
        )
        return Edit(message=Message(text=text, is_ephemeral=True))

    async def _tell_applicant(self, turn: Turn, member: Membership) -> None:
        _ = await self._language_of(turn, member)
        if member.state == "member":
            text = _("Welcome, {name}. You are a member of the network now.", name=member.name)
        else:
            text = _(
                "The secretariat could not take your application this time. Your answers are "
                "erased soon; with /contact you can ask why."
            )
        await self._tell(turn, member, text)

    async def tell_ended(self, turn: Turn, member: Membership) -> None:
        """The secretariat ends a membership: its member hears so."""
        _ = await self._language_of(turn, member)
        text = _("The secretariat has ended your membership. With /contact you can ask why.")
        await self._tell(turn, member, text)

    async def _language_of(self, turn: Turn, member: Membership) -> Translate:
        store: Store = turn.store
        chosen = await store.accounts.language(member.person_id)
        return self._translators(chosen or (member.languages[0] if member.languages else "en"))

    async def _tell(self, turn: Turn, member: Membership, text: str) -> None:
        store: Store = turn.store
        home = await store.accounts.home(member.person_id)
        if home is None:
            return
        now = turn.clock.now()
        source = f"member:{member.person_id}:{now:%Y%m%d%H%M%S}"
        told = Message(text=text, is_ephemeral=True)
        await store.outbox.add(source, home, told, lane=Lane.RELAY, on_unknown="resend", now=now)
        # A private chat may be closed to the assistant (Discord): then at the next meeting.
        await store.notices.add(member.person_id, source, told, now)
