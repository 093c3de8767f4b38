"""``/me``: what the network knows of a member, each field to change."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.forms import Accepted, Doubt
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.config_members import MembershipSettings
from bot.marking import N_
from bot.store import Store
from bot.store.memberships import Membership
from handlers import field_forms, join_fields, membership
from handlers.confirm import Confirm
from handlers.consenting import Consenting, is_unasked
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet
from handlers.join_fields import LABELS, ORDER
from handlers.menu import GO
from handlers.preferred import Preferred
from handlers.welcome import state_text


class Profile:
    """Every change is written at once; nothing has to be saved."""

    def __init__(
        self,
        settings: MembershipSettings,
        confirm: Confirm,
        preferred: Preferred,
        consenting: Consenting,
        translators: Translators,
    ) -> None:
        self._settings = settings
        self._confirm = confirm
        self._preferred = preferred
        self._consenting = consenting
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        descriptions = in_all(self._translators, N_("My data as a member"))
        routes.add_command(CommandSpec(name="me", descriptions=descriptions), self.me)
        routes.add_action("me", self.pressed)
        field_forms.add_forms(routes, "me", self.submitted)

    async def me(self, turn: Turn) -> Reply:
        """All fields, and what can be done with them."""
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or not membership.is_active(member):
            return self._stranger(turn)
        if is_unasked(member):
            return self._consenting.question(turn, member)
        return await self._show(turn, member)

    def _stranger(self, turn: Turn) -> Message:
        _ = turn._
        join = Button(label=_("Join the network"), action=Action(GO, "join"), style="primary")
        return Message(
            text=_(
                "You have not joined the network, so I know little of you; /privacy tells what. "
                "/export gives it to you, /forget erases it."
            ),
            rows=((join,), _ends(turn, is_member=False)),
            is_ephemeral=True,
        )

    async def _show(self, turn: Turn, member: Membership, said: str = "") -> Message:
        store: Store = turn.store
        _ = turn._
        values = membership.values_of(member)
        lines = []
        for name in self._fields():
            shown = escape(join_fields.shown(name, values[name], _))
            if name == "email" and member.email:
                mark = _("confirmed") if member.email_confirmed_at else _("not confirmed")
                shown = f"{shown} ({mark})"
            lines.append(f"- **{escape(_(LABELS[name]))}:** {shown}")
        accounts = await store.accounts.of(member.person_id)
        where = ", ".join(f"{account.platform} ({account.name})" for account in accounts)
        lines.append(_("- **Accounts:** {accounts}", accounts=where))
        lines += filter(None, [await self._preferred.line(turn, member.person_id)])
        lines.append(_("- **Member since:** {date}", date=f"{member.joined_at:%Y-%m-%d}"))
        rows: list[Row] = [
            (
                Button(label=_("Change something"), action=Action("me", "edit"), style="primary"),
                Button(label=_("Link another account"), action=Action("link", "offer")),
            ),
            *self._confirm.buttons(member, _),
            _ends(turn, is_member=True),
        ]
        if len(accounts) > 1:
            label = _("Where I write to you")
            rows.insert(1, (Button(label=label, action=Action("prefer", "ask")),))
        parts = [said, state_text(member, _) if member.state != "member" else "", "\n".join(lines)]
        return Message(
            title=_("My data"),
            text="\n\n".join(part for part in parts if part),
            rows=tuple(rows),
            is_ephemeral=True,
        )

    async def pressed(self, turn: Turn) -> Reply:
        """Which field, or the value that was meant; always of the one who presses."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or not membership.is_active(member):
            return self._stranger(turn)
        match turn.event.action.args:
            case ("edit",):
                return field_forms.field_choice("me", self._fields(), turn._)
            case ("field", name) if name in self._fields():
                value = membership.values_of(member)[name]
                email = self._settings.email
                return field_forms.one_field("me", name, turn._, email=email, value=value)
            case ("set", name, value) if name in self._fields():
                return await self._change(turn, member, name, value)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def submitted(self, turn: Turn) -> Reply:
        """One field was written anew."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        member = await store.memberships.get(turn.member.id)
        if member is None or not membership.is_active(member):
            return self._stranger(turn)
        name = turn.event.form.partition(".")[2]
        return await self._change(turn, member, name, turn.event.value(name))

    async def _change(self, turn: Turn, member: Membership, name: str, value: str) -> Reply:
        found = join_fields.check(name, value, turn._) if value else Accepted(value="")
        field = join_fields.field(name, turn._, email=self._settings.email)
        if not value and field.is_required:
            found = Doubt(fault=turn._("This answer is needed."))
        if isinstance(found, Doubt):
            return field_forms.doubtful("me", name, found, turn._)
        changed = await membership.change(turn, member, name, found.value)
        said = turn._("Good, that is changed.")
        if name == "email" and changed.email != member.email:
            note = await self._confirm.request(turn, changed)
            said = f"{said}\n\n{note}" if note else said
        return await self._show(turn, changed, said)

    def _fields(self) -> tuple[str, ...]:
        return tuple(name for name in ORDER if name != "email" or self._settings.email != "off")


def _ends(turn: Turn, *, is_member: bool) -> Row:
    _ = turn._
    buttons = [Button(label=_("Export"), action=Action("leaving", "export"))]
    if is_member:
        buttons.append(Button(label=_("Leave"), action=Action("leaving", "leave")))
    forget = Button(label=_("Forget me"), action=Action("leaving", "forget"), style="danger")
    return (*buttons, forget)
