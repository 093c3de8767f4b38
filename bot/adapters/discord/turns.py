"""From an event to the core and back: what the client's listeners and components call."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.adapters.discord.errors import delivery_errors
from bot.adapters.discord.forms import ModalRef, build_modal, page_count, read_values
from bot.adapters.discord.inbound import action_pressed, form_submitted
from bot.adapters.discord.outlets import Outlets, opener
from bot.adapters.discord.render import Payload, render
from bot.adapters.discord.responding import Response
from bot.adapters.discord.sending import nonce_of
from bot.chat.actions import Action
from bot.chat.errors import ChatError, DeliveryError
from bot.chat.events import Event, MessageReceived
from bot.chat.forms import Form
from bot.chat.markup import escape
from bot.chat.messages import Edit, InlineResults, Message, Notice
from bot.chat.turn import Dispatch, Reply, Single

DRAINING: Final = 5.0
"""Seconds that running turns have to finish when the adapter stops."""

_FORM_GONE: Final = "form"
"""The action told for a form that is not kept any more; no handler takes it, so the core says
what it says of any button that no longer works."""

_log = structlog.get_logger(__name__)


class Turns:
    """Dispatches events and shows the replies; ``attach`` it before the client starts.

    A turn outlives the task of discord.py that began it, so that stopping can let it finish.
    """

    def __init__(self, outlets: Outlets) -> None:
        self._outlets = outlets
        self._dispatch: Dispatch | None = None
        self._running: set[asyncio.Task[Any]] = set()

    def attach(self, dispatch: Dispatch) -> None:
        """Tell events to ``dispatch`` from now on."""
        self._dispatch = dispatch

    async def message(self, event: Event) -> None:
        """Handle an event without an interaction and answer it in its conversation."""
        await asyncio.shield(self._spawn(self._message(event)))

    async def _message(self, event: Event) -> None:
        reply = await self._turn(event)
        parts = reply if isinstance(reply, tuple) else () if reply is None else (reply,)
        count = 0
        for part in parts:
            try:
                with delivery_errors():
                    count = await self._say(event, part, count)
            except DeliveryError as error:
                _log.warning(
                    "discord.answer_failed",
                    event_id=event.id,
                    error=type(error).__name__,
                    reason=str(error),
                )

    async def interaction(
        self, interaction: discord.Interaction[Any], event: Event, *, is_personal: bool = False
    ) -> None:
        """Handle a command, a press or a form and answer it; ``is_personal``: unseen by others."""
        response = Response(interaction, event, self._outlets, is_personal=is_personal)
        turn = self._spawn(self._turn(event))
        await asyncio.shield(self._spawn(response.carry_out(turn)))

    async def press(self, interaction: discord.Interaction[Any], action: Action) -> None:
        """Handle a button or a select."""
        await self.interaction(interaction, action_pressed(interaction, action))

    async def suggest(self, event: Event) -> list[str]:
        """Titles for what is being typed; none where the core has no answer."""
        reply = await self._turn(event)
        if not isinstance(reply, InlineResults):
            return []
        return [result.title for result in reply.results]

    async def open_form(self, interaction: discord.Interaction[Any], draft_id: str) -> None:
        """Show the next page of a kept form."""
        draft = await self._outlets.drafts.get(draft_id)
        if draft is None or draft.owner != str(interaction.user.id):
            await self.press(interaction, Action(_FORM_GONE))
            return
        modal = build_modal(draft.form, draft_id=draft_id, page=draft.page, values=draft.values)
        await self._answer_with_form(interaction, draft.form, modal)

    async def submit(self, interaction: discord.Interaction[Any]) -> None:
        """Take a submitted modal: the form's last, or a page with others to come."""
        data: Any = interaction.data or {}
        try:
            ref = ModalRef.unpack(data.get("custom_id", ""))
        except ChatError:
            ref = None
        if ref is None:
            return
        values = read_values(data.get("components", ()), data.get("resolved"))
        if not ref.draft_id:
            await self._finish_form(interaction, ref.form_id, values)
            return
        draft = await self._outlets.drafts.get(ref.draft_id)
        if draft is None or draft.owner != str(interaction.user.id):
            await self.press(interaction, Action(_FORM_GONE))
            return
        draft = replace(draft, page=ref.page + 1, values={**draft.values, **values})
        if draft.page < page_count(draft.form):
            await self._outlets.drafts.set(ref.draft_id, draft)
            await self._offer_next_page(interaction, draft.form, ref.draft_id, draft.page)
            return
        await self._outlets.drafts.drop(ref.draft_id)
        complete = {field.name: draft.values.get(field.name, "") for field in draft.form.fields}
        await self._finish_form(interaction, draft.form.id, complete)

    async def drain(self) -> None:
        """Let running turns finish, but not for ever."""
        if self._running:
            await asyncio.wait(self._running, timeout=DRAINING)
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def follow(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something to its end beside the client's own tasks."""
        self._spawn(work)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _turn(self, event: Event) -> Reply:
        if self._dispatch is None:
            _log.warning("discord.not_attached", event_id=event.id)
            return None
        return await self._dispatch(event)

    async def _say(self, event: Event, part: Single, count: int) -> int:
        """Show one part of a reply; returns how many messages it and those before it made."""
        match part:
            case Message():
                return await self._post(event, part, count)
            case Edit(message_id=str() as message_id):
                await self._outlets.edit(event.conversation, message_id, part.message)
            case Edit():
                return await self._post(event, part.message, count)
            case Notice():
                message = Message(text=escape(part.text), is_ephemeral=True)
                return await self._post(event, message, count)
            case Form():
                payload = await self._outlets.form_opener(part, event)
                return await self._post_part(event, lambda: payload, count, False)
            case _:
                _log.warning("discord.unshowable", reply=type(part).__name__)
        return count

    async def _post(self, event: Event, message: Message, count: int) -> int:
        for number in range(len(render(message))):
            make = partial(_nth, message, number)
            count = await self._post_part(event, make, count, message.is_ephemeral)
        return count

    async def _post_part(self, event: Event, make: Any, count: int, is_ephemeral: bool) -> int:
        """In a channel the first message quotes what it answers, so that it is clear whom."""
        is_first = not count and isinstance(event, MessageReceived)
        quoting = (
            event.message_id
            if is_first and isinstance(event, MessageReceived) and not event.conversation.is_private
            else None
        )
        nonce = nonce_of(event.id, str(count))
        await self._outlets.post(event, make, nonce, is_ephemeral=is_ephemeral, quoting=quoting)
        return count + 1

    async def _answer_with_form(
        self, interaction: discord.Interaction[Any], form: Form, modal: discord.ui.Modal
    ) -> None:
        try:
            with delivery_errors():
                await interaction.response.send_modal(modal)
        except DeliveryError as error:
            _log.warning("discord.form_failed", form=form.id, error=type(error).__name__)

    async def _offer_next_page(
        self, interaction: discord.Interaction[Any], form: Form, draft_id: str, page: int
    ) -> None:
        """A modal cannot follow a modal, so a button opens the next one."""
        pages = page_count(form)
        payload = opener(form, draft_id, f"{form.title} {page + 1}/{pages}")
        try:
            with delivery_errors():
                await interaction.response.send_message(**payload.for_sending(), ephemeral=True)
        except DeliveryError as error:
            _log.warning("discord.form_failed", form=form.id, error=type(error).__name__)

    async def _finish_form(
        self, interaction: discord.Interaction[Any], form_id: str, values: dict[str, str]
    ) -> None:
        await self.interaction(interaction, form_submitted(interaction, form_id, values.items()))


def _nth(message: Message, number: int) -> Payload:
    return render(message)[number]
