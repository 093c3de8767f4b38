"""Members of an imported list are asked for their own yes when they meet the assistant."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.markup import escape
from bot.chat.messages import Button, Edit, Message, Notice
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Turn
from bot.config_members import MembershipSettings
from bot.store import Store
from bot.store.memberships import Membership
from handlers import join_fields, membership
from handlers.discretion import ask_privately, is_discreet
from handlers.join_fields import LABELS, ORDER
from handlers.menu import GO
from handlers.privacy_text import VERSION


def is_unasked(member: Membership | None) -> bool:
    """Whether somebody stands on the list without a yes of their own."""
    return member is not None and membership.is_active(member) and member.consented_at is None


class Consenting:
    """Before the yes there is no announcement, no role, and no mark of members."""

    def __init__(self, settings: MembershipSettings) -> None:
        self._settings = settings

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action("consent", self.pressed)

    def question(self, turn: Turn, member: Membership) -> Message:
        """What the list says, and whether it may."""
        _ = turn._
        values = membership.values_of(member)
        lines = [
            f"- **{escape(_(LABELS[name]))}:** {escape(join_fields.shown(name, values[name], _))}"
            for name in ORDER
            if values[name]
        ]
        asked = _(
            "The network has you on its list of members, from before I came. May it keep this and "
            "write to you for what you chose, as its privacy text (version {version}) says? You "
            "can change or erase it at any time.",
            version=VERSION,
        )
        yes = Button(label=_("Yes, keep me"), action=Action("consent", "yes"), style="primary")
        no = Button(label=_("No, take me off"), action=Action("consent", "no"), style="danger")
        privacy = Button(label=_("Privacy"), action=Action(GO, "privacy"))
        return Message(
            title=_("You are on the list already"),
            text="\n".join(lines) + f"\n\n{asked}",
            rows=((yes,), (no, privacy)),
            is_ephemeral=True,
        )

    async def pressed(self, turn: Turn) -> Reply:
        """The yes or the no, of whoever presses about themselves."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or not is_unasked(member):
            return Notice(text=_("You have answered this already. /me shows where you stand."))
        match turn.event.action.args:
            case ("yes",):
                await membership.agree(turn, member)
                turn.notes["decision"] = "consented"
                text = _("Thank you. You are a member of the network. /me shows your data.")
            case ("no",):
                await membership.consent(turn, "membership", is_given=False)
                await store.memberships.remove(member.person_id)
                store.eraser.has_erased = True
                turn.notes["decision"] = "consent_refused"
                text = _("Good, you are off the list, and what it said of you is erased.")
            case _:
                return Notice(text=_("This button no longer works. Please ask again."))
        return Edit(message=Message(text=text, is_ephemeral=True))
