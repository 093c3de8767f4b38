"""``/export``, ``/leave`` and ``/forget``: taking one's data along, and going."""

from __future__ import annotations

import json
import secrets
from typing import Any

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.messages import Attachment, Button, Edit, Message, Notice
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.config_members import MembershipSettings, RetentionSettings
from bot.marking import N_
from bot.store import Store
from handlers import membership
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet
from handlers.menu import menu
from handlers.platform_names import platform_name


class Leaving:
    """Asks once before it acts; a receipt says what was done."""

    def __init__(
        self,
        settings: MembershipSettings,
        retention: RetentionSettings,
        translators: Translators,
    ) -> None:
        self._settings = settings
        self._retention = retention
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        for name, description, handler in (
            ("export", N_("Everything I keep about you, in a file"), self.export),
            ("leave", N_("End your membership"), self.leave),
            ("forget", N_("Erase everything about you"), self.forget),
        ):
            descriptions = in_all(self._translators, description)
            routes.add_command(CommandSpec(name=name, descriptions=descriptions), handler)
        routes.add_action("leaving", self.pressed)

    async def pressed(self, turn: Turn) -> Reply:
        """A button on ``/me``, or a yes or no to a question below."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action.args:
            case ("export",):
                return await self.export(turn)
            case ("leave",):
                return await self.leave(turn)
            case ("forget",):
                return await self.forget(turn)
            case ("leave", "yes"):
                return await self._leave(turn)
            case ("forget", "yes"):
                return await self._forget(turn)
            case ("stay",):
                return Edit(message=Message(text=turn._("Good, nothing was changed.")))
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def export(self, turn: Turn) -> Reply:
        """A JSON file of all rows about the person."""
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        held: dict[str, Any] = await store.export(turn.member.id)
        document = {"made_at": turn.clock.now().isoformat(), "held": held}
        data = json.dumps(document, ensure_ascii=False, indent=2).encode()
        return Message(
            text=_("Here is everything that I keep about you. Lists are named after my tables."),
            attachments=(
                Attachment(name="insop-my-data.json", media_type="application/json", data=data),
            ),
            is_ephemeral=True,
        )

    async def leave(self, turn: Turn) -> Reply:
        """Ask whether it is meant."""
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or not membership.is_active(member):
            return Message(text=_("You are not a member of the network."), is_ephemeral=True)
        text = _.plural(
            "Do you want to leave the network? You will hear nothing more from it. Your answers "
            "are erased after {count} day; /forget erases all at once.",
            "Do you want to leave the network? You will hear nothing more from it. Your answers "
            "are erased after {count} days; /forget erases all at once.",
            self._retention.left_days,
        )
        return self._ask(turn, text, _("Yes, leave"), "leave")

    async def forget(self, turn: Turn) -> Reply:
        """Ask whether it is meant."""
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        accounts = await store.accounts.of(turn.member.id)
        where = ", ".join(f"{account.platform} ({account.name})" for account in accounts)
        text = _(
            "Do you want me to erase everything about you? That is your membership, your "
            "questions' link to you and what I remember of our talks, on: {accounts}. Nobody can "
            "bring it back. /export gives you a copy first.",
            accounts=where,
        )
        return self._ask(turn, text, _("Yes, erase everything"), "forget")

    def _ask(self, turn: Turn, text: str, yes: str, what: str) -> Message:
        no = Button(label=turn._("No, stay"), action=Action("leaving", "stay"))
        button = Button(label=yes, action=Action("leaving", what, "yes"), style="danger")
        return Message(text=text, rows=((button, no),), is_ephemeral=True)

    async def _leave(self, turn: Turn) -> Reply:
        store: Store = turn.store
        _ = turn._
        member = await store.memberships.get(turn.member.id)
        if member is None or not membership.is_active(member):
            return Notice(text=_("You are not a member of the network."))
        await membership.end(turn, member)
        turn.notes["decision"] = "left"
        text = _(
            "You have left the network. Thank you for having been with us, {name}. You may go on "
            "asking me questions, and /join brings you back.",
            name=member.name,
        )
        return Edit(message=Message(text=text, rows=menu(_), is_ephemeral=True))

    async def _forget(self, turn: Turn) -> Reply:
        store: Store = turn.store
        _ = turn._
        now = turn.clock.now()
        receipt = secrets.token_hex(4).upper()
        marks = await store.badges.held(turn.member.id)
        erased = await store.eraser.forget(turn.member.id, now)
        await store.badges.take_all(marks, now)
        await store.audit.add(
            "forget",
            actor_id=None,
            via=turn.event.conversation.platform,
            now=now,
            detail=f"receipt {receipt}",
        )
        turn.notes["decision"] = "forgotten"
        rows = sum(erased.rows.values())
        text = _.plural(
            "Done: {count} entry about you was erased on {date} (UTC). Receipt: **{receipt}**. It "
            "names nobody; keep it if you want to ask about this later. If you write to me again, "
            "we begin anew.",
            "Done: {count} entries about you were erased on {date} (UTC). Receipt: **{receipt}**. "
            "It names nobody; keep it if you want to ask about this later. If you write to me "
            "again, we begin anew.",
            rows,
            date=f"{now:%Y-%m-%d %H:%M}",
            receipt=receipt,
        )
        if marks:
            text += "\n\n" + _(
                "Your mark as a member is being taken on {platforms}. Until then, a day or two at "
                "most, I keep the number of that account for it.",
                platforms=", ".join(sorted({platform_name(mark.platform, _) for mark in marks})),
            )
        return Edit(message=Message(text=text, is_ephemeral=True))
