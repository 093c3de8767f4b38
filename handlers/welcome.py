"""What new members and those who are members already are told."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.messages import Button, Message
from bot.chat.turn import Reply, Translate, Turn
from bot.store.memberships import Membership
from handlers.confirm import Confirm
from handlers.menu import GO, menu
from handlers.vetting import Vetting


class Welcome:
    """Words by the state of a membership."""

    def __init__(self, confirm: Confirm, vetting: Vetting) -> None:
        self._confirm = confirm
        self._vetting = vetting

    async def after_joining(self, turn: Turn, member: Membership) -> Reply:
        """The first words after the yes; queues the mail with the code and tells the desks."""
        _ = turn._
        parts = [state_text(member, _), await self._confirm.request(turn, member)]
        if member.state == "applied":
            await self._vetting.tell(turn, member)
        return Message(
            title=_("Welcome, {name}", name=member.name),
            text="\n\n".join(part for part in parts if part),
            rows=(*self._confirm.buttons(member, _), _own_data(_), *menu(_, without="join")),
            is_ephemeral=True,
        )

    def already(self, turn: Turn, member: Membership) -> Message:
        """For somebody who asks to join again, or presses a second time."""
        _ = turn._
        return Message(
            text=state_text(member, _),
            rows=(*self._confirm.buttons(member, _), _own_data(_), *menu(_, without="join")),
            is_ephemeral=True,
        )


def state_text(member: Membership, _: Translate) -> str:
    """How somebody stands with the network, in a sentence or two."""
    match member.state:
        case "unconfirmed":
            return _("Your membership begins when your e-mail address is confirmed.")
        case "applied":
            return _("Your application waits for the secretariat. I write to you when it is read.")
        case "left":
            return _("You have left the network.")
    return _("You are a member of the network. /me shows and changes your data, /leave ends it.")


def _own_data(_: Translate) -> tuple[Button, ...]:
    return (Button(label=_("My data"), action=Action(GO, "me")),)
