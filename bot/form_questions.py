"""One question of a form as a message, and what an answer to it means."""

from __future__ import annotations

import re
from typing import Final

from bot.chat.actions import Action
from bot.chat.forms import SEPARATOR, Field
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, Choice, Message, Row
from bot.chat.turn import Turn
from bot.store.drafts import Draft

ACTION: Final = "form"
"""The action of the buttons under a question; the router never sees it."""

_CHOICES_A_ROW: Final = 2
_LIST_SIGNS: Final = re.compile("[,;\n\u060c\u3001\uff0c]")
"""Commas and their like in the scripts people write in."""


def question(
    turn: Turn,
    draft: Draft,
    *,
    intro: str = "",
    fault: str = "",
    choices: tuple[Choice, ...] = (),
) -> Message:
    """The question asked next; ``choices`` are offered beside those of the field."""
    field = draft.form.fields[draft.step]
    count = len(draft.form.fields)
    parts = [part for part in (fault, intro) if part]
    heading = f"**{escape(field.label)}**"
    if count > 1:
        heading = turn._(
            "Question {step} of {count}: {label}",
            step=draft.step + 1,
            count=count,
            label=Raw(heading),
        )
    parts.append(heading)
    if field.hint:
        parts.append(f"*{escape(field.hint)}*")
    return Message(
        title="" if draft.step else draft.form.title,
        text="\n\n".join(parts),
        rows=(*_choice_rows(draft, field, choices), _controls(turn, draft, field)),
    )


def chosen(field: Field, text: str) -> str | None:
    """The value of a choice by its value, label or number; several for ``choices``."""
    known = {str(number): choice.value for number, choice in enumerate(field.choices, 1)}
    known |= {choice.label.casefold(): choice.value for choice in field.choices}
    known |= {choice.value.casefold(): choice.value for choice in field.choices}
    whole = known.get(text.strip().casefold())
    if field.kind != "choices" or whole is not None:
        return whole
    parts = [part.strip().casefold() for part in _LIST_SIGNS.split(text) if part.strip()]
    values = {known.get(part) for part in parts}
    if not values or None in values:
        return None
    return SEPARATOR.join(each.value for each in field.choices if each.value in values)


def marked(draft: Draft, field: Field) -> frozenset[str]:
    """What is chosen so far of a field of kind ``choices``."""
    given = draft.answers.get(field.name, field.value)
    return frozenset(part for part in given.split(SEPARATOR) if part)


def _choice_rows(draft: Draft, field: Field, offered: tuple[Choice, ...]) -> tuple[Row, ...]:
    ticked = marked(draft, field) if field.kind == "choices" else frozenset()
    buttons = [
        Button(
            label=f"✓ {choice.label}" if choice.value in ticked else choice.label,
            action=Action(ACTION, "pick", draft.form.id, str(draft.step), choice.value),
        )
        for choice in (*offered, *field.choices)
    ]
    return tuple(
        tuple(buttons[start : start + _CHOICES_A_ROW])
        for start in range(0, len(buttons), _CHOICES_A_ROW)
    )


def _controls(turn: Turn, draft: Draft, field: Field) -> Row:
    mark = (draft.form.id, str(draft.step))
    buttons = []
    if field.kind == "choices" and (field.is_required or marked(draft, field)):
        done = Action(ACTION, "done", *mark)
        buttons.append(Button(label=turn._("Done"), action=done, style="primary"))
    if draft.step:
        buttons.append(Button(label=turn._("Back"), action=Action(ACTION, "back", *mark)))
    if not field.is_required:
        buttons.append(Button(label=turn._("Skip"), action=Action(ACTION, "skip", *mark)))
    buttons.append(
        Button(label=turn._("Cancel"), action=Action(ACTION, "cancel", *mark), style="danger")
    )
    return tuple(buttons)
