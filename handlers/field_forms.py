"""Asking for a single field again: on the way into the network, and later on ``/me``.

``target`` is ``join`` or ``me``: it names the action and the forms that the answers come to.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.chat.actions import Action
from bot.chat.forms import Check, Doubt, Form
from bot.chat.markup import escape
from bot.chat.messages import Button, Choice, Message, Select
from bot.chat.routes import Routes
from bot.chat.turn import Handler, Translate
from handlers import join_fields
from handlers.join_fields import LABELS, ORDER


def form_id(target: str, name: str) -> str:
    """The form that asks for one field."""
    return f"{target}.{name}"


def add_forms(routes: Routes, target: str, handler: Handler) -> None:
    """Send the form of every field to ``handler``, with its check."""
    for name in ORDER:
        routes.add_form(form_id(target, name), handler)
        add_check(routes, form_id(target, name), name)


def add_check(routes: Routes, form: str, name: str) -> None:
    """Look at one field of a form as soon as it is answered."""
    check: Check | None = join_fields.CHECKS.get(name)
    if check is not None:
        routes.checks[form, name] = check


def one_field(target: str, name: str, _: Translate, *, email: str, value: str = "") -> Form:
    """The form that asks for one field, with what is known in it."""
    field = join_fields.field(name, _, email=email, value=value)
    return Form(id=form_id(target, name), title=_(LABELS[name]), fields=(field,))


def field_choice(target: str, names: Iterable[str], _: Translate) -> Message:
    """Which field is to be changed?"""
    choices = tuple(Choice(label=_(LABELS[name]), value=name) for name in names)
    select = Select(
        placeholder=_("What do you want to change?"),
        action=Action(target, "field"),
        choices=choices,
    )
    return Message(text=_("What do you want to change?"), rows=((select,),), is_ephemeral=True)


def doubtful(target: str, name: str, doubt: Doubt, _: Translate) -> Message:
    """What was not understood in a whole form, with what may have been meant as buttons."""
    offered = [
        Button(label=choice.label, action=Action(target, "set", name, choice.value))
        for choice in doubt.choices
    ]
    again = Button(label=_("Write it again"), action=Action(target, "field", name), style="primary")
    rows = [tuple(offered[start : start + 2]) for start in range(0, len(offered), 2)]
    text = f"**{escape(_(LABELS[name]))}**\n{doubt.fault}"
    return Message(text=text, rows=(*rows, (again,)), is_ephemeral=True)
