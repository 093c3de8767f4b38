"""``/confirm``: the six digits from the mail."""

from __future__ import annotations

import re
from math import ceil
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted
from bot.chat.forms import Field, Form
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.config_members import MembershipSettings
from bot.marking import N_
from bot.store import Store
from bot.store.memberships import Membership
from handlers import membership
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet
from handlers.vetting import Vetting

FORM: Final = "confirm"
_DIGITS: Final = re.compile(r"\d")


class Confirm:
    """Asks for the code, tries it, and asks for another mail."""

    def __init__(
        self, settings: MembershipSettings, vetting: Vetting, translators: Translators
    ) -> None:
        self._settings = settings
        self._vetting = vetting
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="confirm",
            descriptions=in_all(self._translators, N_("Confirm your e-mail address")),
            option="code",
            option_hints=in_all(self._translators, N_("The six digits from the mail")),
        )
        routes.add_command(spec, self.confirm)
        routes.add_action("confirm", self.pressed)
        routes.add_form(FORM, self.submitted)

    async def request(self, turn: Turn, member: Membership) -> str:
        """Queue the mail; returns what to tell the person, nothing where none is due."""
        if not member.email or member.email_confirmed_at is not None:
            return ""
        store: Store = turn.store
        _ = turn._
        if await store.letters.is_refused(member.email, "code", turn.clock.now()):
            return _(
                "Whoever reads the mail of {email} wants no codes from me. The link at the end of "
                "the last mail takes that back.",
                email=member.email,
            )
        wait = await store.email_codes.request(
            member.person_id, member.email, _.language, turn.clock.now()
        )
        if wait is not None:
            return _.plural(
                "I have sent three mails within an hour; I may send the next one in {count} "
                "minute.",
                "I have sent three mails within an hour; I may send the next one in {count} "
                "minutes.",
                ceil(wait.total_seconds() / 60),
            )
        return _(
            "I am sending a code of six digits to {email}. It counts for ten minutes. Press the "
            "button, or write /confirm and the code.",
            email=member.email,
        )

    def buttons(self, member: Membership, _: Translate) -> tuple[Row, ...]:
        """Buttons for somebody whose address waits."""
        if not member.email or member.email_confirmed_at is not None:
            return ()
        enter = Button(label=_("Enter the code"), action=Action("confirm", "code"), style="primary")
        again = Button(label=_("Send the code again"), action=Action("confirm", "again"))
        return ((enter, again),)

    async def confirm(self, turn: Turn) -> Reply:
        """``/confirm 123456``, or the form."""
        assert isinstance(turn.event, CommandInvoked)
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        return await self._try(turn, turn.event.text) if turn.event.text else self._form(turn._)

    async def submitted(self, turn: Turn) -> Reply:
        """The form was filled in."""
        assert isinstance(turn.event, FormSubmitted)
        return await self._try(turn, turn.event.value("code"))

    async def pressed(self, turn: Turn) -> Reply:
        """One of the two buttons."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or member.state == "left" or not member.email:
            return Notice(text=turn._("There is no address to confirm."))
        if member.email_confirmed_at is not None:
            return Notice(text=turn._("Your e-mail address is confirmed already."))
        match turn.event.action.args:
            case ("code",):
                return self._form(turn._)
            case ("again",):
                text = await self.request(turn, member)
                return Message(text=text, rows=self.buttons(member, turn._), is_ephemeral=True)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    def _form(self, _: Translate) -> Form:
        return Form(
            id=FORM,
            title=_("Confirm your e-mail address"),
            fields=(Field(name="code", label=_("The six digits from the mail"), limit=20),),
        )

    async def _try(self, turn: Turn, text: str) -> Reply:
        store: Store = turn.store
        _ = turn._
        # Digits of any script: people copy them, or type them on their own keyboard.
        code = "".join(str(int(digit)) for digit in _DIGITS.findall(text))
        member = await store.memberships.get(turn.member.id)
        if member is None or member.state == "left" or not member.email:
            return Message(text=_("There is no address to confirm."), is_ephemeral=True)
        if member.email_confirmed_at is not None:
            text = _("Your e-mail address is confirmed already.")
            return Message(text=text, is_ephemeral=True)
        verdict, email = await store.email_codes.check(member.person_id, code, turn.clock.now())
        turn.notes["decision"] = f"code:{verdict}"
        if verdict == "right":
            return Message(text=await self._settle(turn, member, email), is_ephemeral=True)
        fault = {
            "wrong": _("That is not the code. Please look at the last mail and try again."),
            "spent": _("This code does not count any more. Ask for a new one."),
            "none": _("There is no code waiting. Ask for a new one."),
        }[verdict]
        if await store.email_codes.is_failed(member.person_id):
            fault = _("The mail could not be sent. Please check the address on /me.")
        return Message(text=fault, rows=self.buttons(member, _), is_ephemeral=True)

    async def by_link(self, turn: Turn, member: Membership, email: str) -> str:
        """The page of the mail's link was pressed; returns what it says, and tells the chat."""
        store: Store = turn.store
        text = await self._settle(turn, member, email)
        now = turn.clock.now()
        home = await store.accounts.home(member.person_id) or turn.event.conversation
        source = f"member:{member.person_id}:link{now:%Y%m%d%H%M%S}"
        told = Message(text=text, is_ephemeral=True)
        await store.outbox.add(source, home, told, lane=Lane.RELAY, on_unknown="resend", now=now)
        # A private chat may be closed to the assistant (Discord): then at the next meeting.
        await store.notices.add(member.person_id, source, told, now)
        return text

    async def _settle(self, turn: Turn, member: Membership, email: str) -> str:
        store: Store = turn.store
        _ = turn._
        for other in await store.memberships.by_email(email):
            # A record from an imported list: whoever reads its mail is the one it is about.
            if other.person_id != member.person_id and not await store.accounts.of(other.person_id):
                member = membership.filled_from(member, other)
                await store.memberships.remove(other.person_id)
                await store.eraser.merge(member.person_id, other.person_id)
        confirmed = await membership.confirm_email(turn, member, email, self._settings)
        text = _("Thank you. Your e-mail address {email} is confirmed.", email=email)
        if confirmed.state == "applied":
            await self._vetting.tell(turn, confirmed)
            text += "\n\n" + _("Your application now waits for the secretariat.")
        elif member.state == "unconfirmed":
            text += "\n\n" + _("You are a member of the network now.")
        return text
