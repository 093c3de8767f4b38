"""Forms on platforms that have none: one question at a time, kept in the store.

A person may go back, skip what is not required, or cancel; the half-filled form waits a day,
through restarts, and a new form in the same conversation replaces it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted, MessageReceived
from bot.chat.forms import Field, Form
from bot.chat.markup import Raw, escape
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.turn import Handler, Reply, Turn
from bot.store import Store
from bot.store.drafts import Draft

KEPT_FOR: Final = timedelta(hours=24)
ACTION: Final = "form"
"""The action of the buttons under a question; the router never sees it."""

_CHOICES_A_ROW: Final = 2


class StepByStep:
    """Middleware for the platforms named: turns ``Form`` replies into questions."""

    def __init__(self, platforms: frozenset[str]) -> None:
        self._platforms = platforms

    async def __call__(self, turn: Turn, handler: Handler) -> Reply:
        """Take the event as an answer where a form is open, else let the handler reply."""
        if turn.event.conversation.platform not in self._platforms:
            return await handler(turn)
        reply = await self._answer(turn, handler)
        if isinstance(reply, Form):
            return await _start(turn, reply)
        if isinstance(reply, tuple) and any(isinstance(part, Form) for part in reply):
            parts = [await _start(turn, part) if isinstance(part, Form) else part for part in reply]
            return tuple(parts)
        return reply

    async def _answer(self, turn: Turn, handler: Handler) -> Reply:
        match turn.event:
            case ActionPressed(action=Action(name="form") as action):
                return await _press(turn, handler, action)
            case CommandInvoked(name="cancel"):
                return await _cancel(turn)
            case MessageReceived(text=text):
                draft = await _draft(turn)
                if draft is not None:
                    return await _fill(turn, handler, draft, text)
        return await handler(turn)


async def _draft(turn: Turn) -> Draft | None:
    store: Store = turn.store
    event = turn.event
    return await store.drafts.get(event.conversation, event.author.id, turn.clock.now())


async def _keep(turn: Turn, draft: Draft) -> None:
    store: Store = turn.store
    event = turn.event
    await store.drafts.set(event.conversation, event.author.id, draft, turn.clock.now() + KEPT_FOR)


async def _start(turn: Turn, form: Form) -> Message:
    draft = Draft(form=form, answers={}, step=0)
    await _keep(turn, draft)
    return _question(turn, draft, intro=form.intro)


async def _cancel(turn: Turn) -> Reply:
    store: Store = turn.store
    if await store.drafts.drop(turn.event.conversation, turn.event.author.id):
        return Message(text=turn._("Cancelled. Nothing was sent."))
    return Message(text=turn._("There is nothing to cancel."))


async def _press(turn: Turn, handler: Handler, action: Action) -> Reply:
    draft = await _draft(turn)
    kind, *rest = action.args or ("",)
    if kind == "cancel":
        return await _cancel(turn)
    # A button belongs to one question of one form; a late press on an older one is refused.
    if draft is None or len(rest) < 2 or rest[0] != draft.form.id or rest[1] != str(draft.step):
        return Notice(text=turn._("This form is closed, or it was somebody else's."))
    if kind == "back" and draft.step:
        moved = replace(draft, step=draft.step - 1)
        await _keep(turn, moved)
        return _question(turn, moved)
    if kind == "skip" and not draft.form.fields[draft.step].is_required:
        return await _accept(turn, handler, draft, "")
    if kind == "pick" and len(rest) == 3:
        return await _fill(turn, handler, draft, rest[2])
    return Notice(text=turn._("This button no longer works. Please ask again."))


async def _fill(turn: Turn, handler: Handler, draft: Draft, text: str) -> Reply:
    field = draft.form.fields[draft.step]
    if not text:
        return _question(turn, draft, fault=turn._("Please answer with a text."))
    if len(text) > field.limit:
        fault = turn._("That is too long: at most {limit} characters, please.", limit=field.limit)
        return _question(turn, draft, fault=fault)
    if field.choices:
        known = {choice.value.casefold(): choice.value for choice in field.choices}
        known |= {choice.label.casefold(): choice.value for choice in field.choices}
        value = known.get(text.casefold())
        if value is None:
            return _question(turn, draft, fault=turn._("Please choose one of these."))
        text = value
    return await _accept(turn, handler, draft, text)


async def _accept(turn: Turn, handler: Handler, draft: Draft, value: str) -> Reply:
    answers = {**draft.answers, draft.form.fields[draft.step].name: value}
    if draft.step + 1 < len(draft.form.fields):
        moved = Draft(form=draft.form, answers=answers, step=draft.step + 1)
        await _keep(turn, moved)
        return _question(turn, moved)
    store: Store = turn.store
    event = turn.event
    await store.drafts.drop(event.conversation, event.author.id)
    submitted = FormSubmitted(
        id=event.id,
        conversation=event.conversation,
        author=event.author,
        at=event.at,
        form=draft.form.id,
        values=tuple(answers.items()),
    )
    return await handler(turn.changed(event=submitted))


def _question(turn: Turn, draft: Draft, *, intro: str = "", fault: str = "") -> Message:
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
        rows=(*_choice_rows(draft, field), _controls(turn, draft, field)),
    )


def _choice_rows(draft: Draft, field: Field) -> tuple[Row, ...]:
    buttons = [
        Button(
            label=choice.label,
            action=Action(ACTION, "pick", draft.form.id, str(draft.step), choice.value),
        )
        for choice in field.choices
    ]
    return tuple(
        tuple(buttons[start : start + _CHOICES_A_ROW])
        for start in range(0, len(buttons), _CHOICES_A_ROW)
    )


def _controls(turn: Turn, draft: Draft, field: Field) -> Row:
    mark = (draft.form.id, str(draft.step))
    buttons = []
    if draft.step:
        buttons.append(Button(label=turn._("Back"), action=Action(ACTION, "back", *mark)))
    if not field.is_required:
        buttons.append(Button(label=turn._("Skip"), action=Action(ACTION, "skip", *mark)))
    buttons.append(
        Button(label=turn._("Cancel"), action=Action(ACTION, "cancel", *mark), style="danger")
    )
    return tuple(buttons)
