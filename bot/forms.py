"""Forms on platforms that have none: one question at a time, kept in the store.

A person may go back, skip what is not required, or cancel; the half-filled form waits a day,
through restarts. Asked for again, it goes on where it was; another form replaces it. What is
asked for in between is answered, with the open question under it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, Event, FormSubmitted, MessageReceived
from bot.chat.forms import SEPARATOR, Accepted, Check, Doubt, Form, with_files
from bot.chat.messages import Edit, Message, Notice
from bot.chat.turn import Handler, Reply, Turn
from bot.form_questions import ACTION, chosen, marked, question
from bot.store import Store
from bot.store.drafts import Draft

KEPT_FOR: Final = timedelta(hours=24)


class StepByStep:
    """Middleware for the platforms named: turns ``Form`` replies into questions.

    ``checks`` look at answers by form and field as soon as they are given.
    """

    def __init__(
        self,
        platforms: frozenset[str],
        checks: Mapping[tuple[str, str], Check] | None = None,
    ) -> None:
        self._platforms = platforms
        self._checks = checks or {}

    async def __call__(self, turn: Turn, handler: Handler) -> Reply:
        """Take the event as an answer where a form is open, else let the handler reply."""
        if turn.event.conversation.platform not in self._platforms:
            return await handler(turn)
        reply = await self._answer(turn, handler)
        if _is_aside(turn.event):
            reply = await _with_question(turn, reply)
        if isinstance(reply, Form):
            return await _start(turn, reply)
        if isinstance(reply, tuple) and any(isinstance(part, Form) for part in reply):
            parts = [await _start(turn, part) if isinstance(part, Form) else part for part in reply]
            return tuple(parts)
        return reply

    async def _answer(self, turn: Turn, handler: Handler) -> Reply:
        match turn.event:
            case ActionPressed(action=Action(name="form") as action):
                return await self._press(turn, handler, action)
            case CommandInvoked(name="cancel"):
                return await _cancel(turn)
            case MessageReceived() as message:
                draft = await _draft(turn)
                if draft is not None:
                    return await self._read(turn, handler, draft, message)
        return await handler(turn)

    async def _press(self, turn: Turn, handler: Handler, action: Action) -> Reply:
        draft = await _draft(turn)
        kind, *rest = action.args or ("",)
        if kind == "cancel" and (draft is None or rest[:1] == [draft.form.id]):
            return await _cancel(turn)
        # A button belongs to one question of one form; a late press on an older one is refused.
        if draft is None or rest[:2] != [draft.form.id, str(draft.step)]:
            return Notice(text=turn._("This form is closed, or it was somebody else's."))
        field = draft.form.fields[draft.step]
        match (kind, rest[2:]):
            case ("back", _) if draft.step:
                moved = replace(draft, step=draft.step - 1)
                await _keep(turn, moved)
                return question(turn, moved)
            case ("skip", _) if not field.is_required:
                return await _accept(turn, handler, draft, "")
            case ("done", _) if field.kind == "choices":
                return await _finish_choices(turn, handler, draft)
            case ("pick", [value]) if field.kind == "choices":
                return await _toggle(turn, draft, value)
            case ("pick", [value]):
                return await self._fill(turn, handler, draft, value)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _read(
        self, turn: Turn, handler: Handler, draft: Draft, message: MessageReceived
    ) -> Reply:
        field = draft.form.fields[draft.step]
        text = message.markup if field.is_markup and message.markup else message.text
        is_file = field.kind == "file"
        if message.files and (is_file or field.has_files):
            answers = with_files(draft.answers, field.name, message.files)
            draft = replace(draft, answers=answers)
            if is_file:
                return await _accept(turn, handler, draft, text[: field.limit])
            await _keep(turn, draft)
            if not text:
                fault = turn._("I have the file. Now the text, please.")
                return question(turn, draft, fault=fault)
        if is_file:
            return question(turn, draft, fault=turn._("Please send a picture or a document."))
        return await self._fill(turn, handler, draft, text)

    async def _fill(self, turn: Turn, handler: Handler, draft: Draft, text: str) -> Reply:
        field = draft.form.fields[draft.step]
        if not text:
            return question(turn, draft, fault=turn._("Please answer with a text."))
        if len(text) > field.limit:
            fault = turn._(
                "That is too long: at most {limit} characters, please.", limit=field.limit
            )
            return question(turn, draft, fault=fault)
        if field.choices:
            value = chosen(field, text)
            if value is None:
                return question(turn, draft, fault=turn._("Please choose one of these."))
            text = value
        check = self._checks.get((draft.form.id, field.name))
        if check is not None:
            match check(text, turn._):
                case Doubt(fault=fault, choices=choices):
                    return question(turn, draft, fault=fault, choices=choices)
                case Accepted(value=value):
                    text = value
        return await _accept(turn, handler, draft, text)


def _is_aside(event: Event) -> bool:
    """A command or a press that is none of the form's own."""
    if isinstance(event, CommandInvoked):
        return event.name != "cancel"
    return isinstance(event, ActionPressed) and event.action.name != ACTION


async def _with_question(turn: Turn, reply: Reply) -> Reply:
    """The open question once more under what came between: the next text will answer it."""
    parts = reply if isinstance(reply, tuple) else (reply,)
    if any(isinstance(part, Form) for part in parts):
        return reply
    shown = [part for part in parts if part is not None]
    draft = await _draft(turn) if any(isinstance(part, Message) for part in shown) else None
    return reply if draft is None else (*shown, question(turn, draft))


async def _draft(turn: Turn) -> Draft | None:
    store: Store = turn.store
    event = turn.event
    return await store.drafts.get(event.conversation, event.author.id, turn.clock.now())


async def _keep(turn: Turn, draft: Draft) -> None:
    store: Store = turn.store
    event = turn.event
    await store.drafts.set(event.conversation, event.author.id, draft, turn.clock.now() + KEPT_FOR)


async def _start(turn: Turn, form: Form) -> Message:
    begun = await _draft(turn)
    if begun is not None and begun.answers and _is_same(begun.form, form):
        resumed = replace(begun, form=form)
        await _keep(turn, resumed)
        intro = turn._("You had begun this form; let us go on where you were.")
        return question(turn, resumed, intro=intro)
    draft = Draft(form=form, answers={}, step=0)
    await _keep(turn, draft)
    return question(turn, draft, intro=form.intro)


def _is_same(one: Form, other: Form) -> bool:
    return one.id == other.id and [f.name for f in one.fields] == [f.name for f in other.fields]


async def _cancel(turn: Turn) -> Reply:
    store: Store = turn.store
    if await store.drafts.drop(turn.event.conversation, turn.event.author.id):
        return Message(text=turn._("Cancelled. Nothing was sent."))
    if isinstance(turn.event, CommandInvoked) and not turn.event.conversation.is_private:
        # Every bot of a group hears the command; it was meant for another one.
        return None
    return Message(text=turn._("There is nothing to cancel."))


async def _toggle(turn: Turn, draft: Draft, value: str) -> Reply:
    field = draft.form.fields[draft.step]
    if all(choice.value != value for choice in field.choices):
        return Notice(text=turn._("This button no longer works. Please ask again."))
    ticked = marked(draft, field) ^ {value}
    kept = SEPARATOR.join(each.value for each in field.choices if each.value in ticked)
    changed = replace(draft, answers={**draft.answers, field.name: kept})
    await _keep(turn, changed)
    return Edit(message=question(turn, changed))


async def _finish_choices(turn: Turn, handler: Handler, draft: Draft) -> Reply:
    field = draft.form.fields[draft.step]
    ticked = marked(draft, field)
    if field.is_required and not ticked:
        return Notice(text=turn._("Please choose at least one."))
    kept = SEPARATOR.join(each.value for each in field.choices if each.value in ticked)
    return await _accept(turn, handler, draft, kept)


async def _accept(turn: Turn, handler: Handler, draft: Draft, value: str) -> Reply:
    answers = {**draft.answers, draft.form.fields[draft.step].name: value}
    if draft.step + 1 < len(draft.form.fields):
        moved = Draft(form=draft.form, answers=answers, step=draft.step + 1)
        await _keep(turn, moved)
        return question(turn, moved)
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


__all__ = ["ACTION", "KEPT_FOR", "StepByStep"]
