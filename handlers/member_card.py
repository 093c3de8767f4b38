"""One record of the list: shown, corrected step by step, invited, ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action, is_number
from bot.chat.events import FormSubmitted
from bot.chat.forms import Accepted, Doubt, Form
from bot.chat.markup import escape
from bot.chat.messages import Button, Choice, Message, Notice, Row, Select
from bot.chat.ports import Lane
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Role, Turn
from bot.config_members import MembershipSettings
from bot.store import Store
from bot.store.memberships import Membership
from handlers import join_fields, membership
from handlers.descriptions import Translators
from handlers.discretion import ask_privately, is_discreet
from handlers.join_fields import LABELS, ORDER
from handlers.noting import note
from handlers.vetting import Vetting

FORM: Final = "members.fix"
INVITED_FOR: Final = timedelta(days=30)
CORRECTED: Final = tuple(name for name in ORDER if name != "receives")
"""What to receive is the member's own choice."""


class MemberCard:
    """Called by ``handlers.members``, which has looked at the role; forms ask for it here."""

    def __init__(
        self, settings: MembershipSettings, vetting: Vetting, translators: Translators
    ) -> None:
        self._settings = settings
        self._vetting = vetting
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register the form that corrections are written into."""
        routes.add_form(FORM, self.submitted, Role.SECRETARIAT)

    async def show(self, turn: Turn, number: int, said: str = "") -> Reply:
        """The record, and what can be done with it."""
        store: Store = turn.store
        _ = turn._
        member = await store.memberships.get(number)
        if member is None:
            return Message(text=_("There is no such record."), is_ephemeral=True)
        await note(turn, "view", number)
        values = membership.values_of(member)
        lines = [
            f"- **{escape(_(LABELS[name]))}:** {escape(join_fields.shown(name, values[name], _))}"
            for name in ORDER
        ]
        mark = _("confirmed") if member.email_confirmed_at else _("not confirmed")
        role = await store.accounts.role(number)
        lines.append(
            f"- {member.state} · {mark} · {member.source} · {member.joined_at:%Y-%m-%d} · "
            f"{(role or Role.ANYONE).name.lower()}"
        )
        if member.consented_at is None:
            lines.append(_("- **No consent yet:** asked when they first meet me."))
        return Message(
            title=_("Record {number}", number=number),
            text="\n\n".join(filter(None, (said, "\n".join(lines)))),
            rows=await self._rows(turn, member),
            is_ephemeral=True,
        )

    async def _rows(self, turn: Turn, member: Membership) -> tuple[Row, ...]:
        store: Store = turn.store
        _ = turn._
        number = str(member.person_id)
        rows = self._vetting.describe(member, _).rows if member.state == "applied" else ()
        buttons = [Button(label=_("Correct"), action=Action("members", "correct", number))]
        if not await store.accounts.of(member.person_id):
            invite = Action("members", "invite", number)
            buttons.append(Button(label=_("Invitation"), action=invite))
        if membership.is_active(member):
            end = Action("members", "end", number)
            buttons.append(Button(label=_("End membership"), action=end, style="danger"))
        return (*rows, tuple(buttons))

    async def choose(self, turn: Turn, number: int) -> Reply:
        """Which field is wrong?"""
        _ = turn._
        select = Select(
            placeholder=_("What do you want to change?"),
            action=Action("members", "correct", str(number)),
            choices=tuple(Choice(label=_(LABELS[name]), value=name) for name in CORRECTED),
        )
        title = _("Record {number}", number=number)
        return Message(
            title=title,
            text=_("What do you want to change?"),
            rows=((select,),),
            is_ephemeral=True,
        )

    async def ask(self, turn: Turn, number: int, name: str) -> Reply:
        """The field with what is known in it; its name carries the record's number."""
        store: Store = turn.store
        member = await store.memberships.get(number)
        if member is None or name not in CORRECTED:
            return Notice(text=turn._("There is no such record."))
        value = membership.values_of(member)[name]
        field = join_fields.field(name, turn._, email="optional", value=value)
        title = turn._("Record {number}", number=number)
        return Form(id=FORM, title=title, fields=(replace(field, name=f"{name}@{number}"),))

    async def submitted(self, turn: Turn) -> Reply:
        """A field was written."""
        assert isinstance(turn.event, FormSubmitted)
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        key, value = next(iter(turn.event.values), ("", ""))
        name, _mark, number = key.partition("@")
        if not is_number(number):
            return Message(text=turn._("There is no such record."), is_ephemeral=True)
        return await self.fix(turn, int(number), name, value)

    async def fix(self, turn: Turn, number: int, name: str, text: str) -> Reply:
        """Write a field; the member hears of it, and it is noted."""
        store: Store = turn.store
        _ = turn._
        member = await store.memberships.get(number)
        if member is None:
            return Message(text=_("There is no such record."), is_ephemeral=True)
        if name not in CORRECTED:
            return Message(text=_("What to receive is the member's own choice."), is_ephemeral=True)
        found = join_fields.check(name, text, _) if text else Accepted(value="")
        if not text and join_fields.field(name, _, email="optional").is_required:
            found = Doubt(fault=_("This answer is needed."))
        if isinstance(found, Doubt):
            return self._doubtful(turn, number, name, found)
        if found.value == membership.values_of(member)[name]:
            return await self.show(turn, number, _("That is what stands there already."))
        fixed = membership.with_values(member, {name: found.value})
        if name == "email":
            fixed = replace(fixed, email_confirmed_at=None)
            await store.email_codes.void(number)
        await store.memberships.save(fixed, turn.clock.now())
        await note(turn, "fix", number, name)
        await self._tell_member(turn, fixed, name)
        said = _("Corrected: **{field}**.", field=_(LABELS[name]))
        return await self.show(turn, number, said)

    def _doubtful(self, turn: Turn, number: int, name: str, doubt: Doubt) -> Message:
        offered = [
            Button(
                label=choice.label,
                action=Action("members", "set", str(number), name, choice.value),
            )
            for choice in doubt.choices
        ]
        rows = [tuple(offered[start : start + 2]) for start in range(0, len(offered), 2)]
        again = Action("members", "correct", str(number), name)
        button = Button(label=turn._("Write it again"), action=again, style="primary")
        text = f"**{escape(turn._(LABELS[name]))}**\n{doubt.fault}"
        return Message(text=text, rows=(*rows, (button,)), is_ephemeral=True)

    async def _tell_member(self, turn: Turn, member: Membership, name: str) -> None:
        store: Store = turn.store
        home = await store.accounts.home(member.person_id)
        if home is None or member.person_id == turn.member.id:
            return
        language = await store.accounts.language(member.person_id)
        _ = self._translators(language or (member.languages[0] if member.languages else "en"))
        text = _(
            "The secretariat corrected your data: **{field}**. /me shows and changes it.",
            field=_(LABELS[name]),
        )
        await store.outbox.add(
            f"member:{member.person_id}:fix:{turn.event.id}",
            home,
            Message(text=text),
            lane=Lane.RELAY,
            on_unknown="resend",
            now=turn.clock.now(),
        )

    async def invite(self, turn: Turn, number: int) -> Reply:
        """A code that gives this record to whoever uses it first."""
        store: Store = turn.store
        _ = turn._
        member = await store.memberships.get(number)
        if member is None or await store.accounts.of(number):
            return Notice(text=_("There is no record without an account under this number."))
        now = turn.clock.now()
        code = await store.link_codes.make(number, "console", now, valid_for=INVITED_FOR)
        await note(turn, "invite", number)
        name = self._settings.telegram_name
        parts = [
            _(
                "Send this to {name} alone: whoever uses it first gets the record. It counts once, "
                "for {days} days.",
                name=member.name,
                days=INVITED_FOR.days,
            ),
            f"https://t.me/{name}?start=link_{code}" if name else "",
            _("Anywhere, written to me: /link {code}", code=code),
        ]
        return Message(text="\n\n".join(filter(None, parts)), is_ephemeral=True)

    async def end(self, turn: Turn, number: int, *, is_sure: bool) -> Reply:
        """Take somebody off the list, after a yes."""
        store: Store = turn.store
        _ = turn._
        member = await store.memberships.get(number)
        if member is None or not membership.is_active(member):
            return Notice(text=_("There is no such record."))
        if not is_sure:
            yes = Action("members", "end", str(number), "yes")
            button = Button(label=_("Yes, end it"), action=yes, style="danger")
            text = _("End the membership of {name}? They are told.", name=member.name)
            return Message(text=text, rows=((button,),), is_ephemeral=True)
        await self._vetting.tell_ended(turn, member)
        await membership.end(turn.changed(member=replace(turn.member, id=number)), member)
        await note(turn, "end", number)
        return await self.show(turn, number, _("The membership of {name} ended.", name=member.name))
