"""``/join``: a form, a summary, a yes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, FormSubmitted
from bot.chat.forms import WHOLE_FORM_FIELDS, WHOLE_FORM_PLATFORMS, Accepted, Doubt, Form
from bot.chat.markup import escape
from bot.chat.messages import Button, LinkButton, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.config_members import MembershipSettings
from bot.marking import N_
from bot.store import Store
from handlers import field_forms, join_fields, membership
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet
from handlers.join_fields import LABELS, ORDER
from handlers.menu import GO
from handlers.privacy_text import VERSION
from handlers.welcome import Welcome

FORM: Final = "join"
MORE: Final = "join.more"
KEPT_FOR: Final = timedelta(hours=24)
_DOUBTED: Final = "?"
"""Stands before the name of a field whose answer was not understood."""


class Join:
    """Answers wait in ``application`` until the person says yes, a day at most."""

    def __init__(
        self,
        settings: MembershipSettings,
        online_form: str | None,
        welcome: Welcome,
        translators: Translators,
    ) -> None:
        self._settings = settings
        self._online_form = online_form
        self._welcome = welcome
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        descriptions = in_all(self._translators, N_("Join the network"))
        routes.add_command(CommandSpec(name="join", descriptions=descriptions), self.join)
        routes.add_action("join", self.pressed)
        routes.add_form(FORM, self.submitted)
        routes.add_form(MORE, self.submitted)
        field_forms.add_forms(routes, "join", self.submitted)
        for name in self._fields():
            field_forms.add_check(routes, FORM, name)

    async def join(self, turn: Turn) -> Reply:
        """The form; the summary where it was filled in already; a word to members."""
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "join")
        member = await store.memberships.get(turn.member.id)
        if member is not None and membership.is_active(member):
            return self._welcome.already(turn, member)
        answers = await store.applications.get(turn.member.id, turn.clock.now())
        if answers is not None:
            return self._next(turn, answers)
        known = membership.values_of(member) if member else {}
        return self._form(turn, known)

    def _form(self, turn: Turn, known: Mapping[str, str]) -> Form:
        _ = turn._
        names = self._fields()
        if turn.event.conversation.platform in WHOLE_FORM_PLATFORMS:
            names = names[:WHOLE_FORM_FIELDS]
        intro = _(
            "A few questions, two minutes. Nothing is kept for the network before you say yes "
            "at the end. /privacy tells what becomes of your answers."
        )
        if self._online_form:
            other = _("If you prefer, use the network's online form: {url}", url=self._online_form)
            intro = f"{intro}\n\n{other}"
        return Form(
            id=FORM,
            title=_("Join the network"),
            intro=intro,
            fields=tuple(
                join_fields.field(name, _, email=self._settings.email, value=known.get(name, ""))
                for name in names
            ),
        )

    async def submitted(self, turn: Turn) -> Reply:
        """Any of the forms was filled in: the answers join those that are there."""
        assert isinstance(turn.event, FormSubmitted)
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "join")
        return await self._take(turn, dict(turn.event.values))

    async def _take(self, turn: Turn, given: Mapping[str, str]) -> Reply:
        store: Store = turn.store
        now = turn.clock.now()
        if membership.is_active(await store.memberships.get(turn.member.id)):
            return await self.join(turn)
        answers = await store.applications.get(turn.member.id, now) or {}
        for name in (name for name in self._fields() if name in given):
            answers.pop(_DOUBTED + name, None)
            value = given[name]
            if not value:
                answers[name] = ""
                continue
            match join_fields.check(name, value, turn._):
                case Accepted(value=kept):
                    answers[name] = kept
                case Doubt():
                    answers[_DOUBTED + name] = value
        await store.applications.set(turn.member.id, answers, now + KEPT_FOR)
        return self._next(turn, answers)

    def _next(self, turn: Turn, answers: Mapping[str, str]) -> Reply:
        return self._doubt(turn, answers) or self._summary(turn, answers)

    def _doubt(self, turn: Turn, answers: Mapping[str, str]) -> Message | None:
        """What is not understood or missing, as a question."""
        for name in self._fields():
            raw = answers.get(_DOUBTED + name)
            if raw is not None:
                doubt = join_fields.check(name, raw, turn._)
                if isinstance(doubt, Doubt):
                    return field_forms.doubtful("join", name, doubt, turn._)
            if not answers.get(name) and self._is_required(name, turn):
                missing = Doubt(fault=turn._("This answer is needed."))
                return field_forms.doubtful("join", name, missing, turn._)
        return None

    def _summary(self, turn: Turn, answers: Mapping[str, str]) -> Message:
        _ = turn._
        lines = [
            f"- **{escape(_(LABELS[name]))}:** "
            f"{escape(join_fields.shown(name, answers.get(name, ''), _))}"
            for name in self._fields()
        ]
        agreement = _(
            "With your yes the network keeps this and may write to you for what you chose, as "
            "its privacy text (version {version}) says. You can change or erase it at any time.",
            version=VERSION,
        )
        rows: list[Row] = [
            (Button(label=_("Yes, I join"), action=Action("join", "yes"), style="primary"),),
            (
                Button(label=_("Change something"), action=Action("join", "edit")),
                Button(label=_("Privacy"), action=Action(GO, "privacy")),
            ),
        ]
        later = [name for name in self._fields() if name not in answers]
        if later:
            more = Button(label=_("Tell more (optional)"), action=Action("join", "more"))
            rows.insert(1, (more,))
        if self._online_form:
            rows.append((LinkButton(label=_("The online form"), url=self._online_form),))
        no = Button(label=_("No, forget it"), action=Action("join", "no"), style="danger")
        return Message(
            title=_("Is this right?"),
            text="\n".join(lines) + f"\n\n{agreement}",
            rows=(*rows, (no,)),
            is_ephemeral=True,
        )

    async def pressed(self, turn: Turn) -> Reply:
        """A button of the summary or of a doubt; whoever presses speaks of their own answers."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "join")
        member = await store.memberships.get(turn.member.id)
        if member is not None and membership.is_active(member):
            return self._welcome.already(turn, member)
        answers = await store.applications.get(turn.member.id, turn.clock.now())
        if answers is None:
            return Notice(text=turn._("This form is closed. Send /join to begin again."))
        _, email = turn._, self._settings.email
        match turn.event.action.args:
            case ("yes",):
                return await self._say_yes(turn, answers)
            case ("no",):
                await store.applications.drop(turn.member.id)
                return Message(text=_("Good, I forgot your answers."), is_ephemeral=True)
            case ("edit",):
                return field_forms.field_choice("join", self._fields(), _)
            case ("more",):
                later = tuple(
                    join_fields.field(name, _, email=email)
                    for name in self._fields()
                    if name not in answers
                )
                return Form(id=MORE, title=_("Tell more"), fields=later) if later else None
            case ("field", name) if name in self._fields():
                value = answers.get(name, "")
                return field_forms.one_field("join", name, _, email=email, value=value)
            case ("set", name, value) if name in self._fields():
                return await self._take(turn, {name: value})
        return Notice(text=_("This button no longer works. Please ask again."))

    async def _say_yes(self, turn: Turn, answers: Mapping[str, str]) -> Reply:
        doubt = self._doubt(turn, answers)
        if doubt is not None:
            return doubt
        values = {name: answers.get(name, "") for name in self._fields()}
        member = await membership.accept(turn, values, self._settings)
        turn.notes["decision"] = f"joined:{member.state}"
        return await self._welcome.after_joining(turn, member)

    def _fields(self) -> tuple[str, ...]:
        return tuple(name for name in ORDER if name != "email" or self._settings.email != "off")

    def _is_required(self, name: str, turn: Turn) -> bool:
        return join_fields.field(name, turn._, email=self._settings.email).is_required
