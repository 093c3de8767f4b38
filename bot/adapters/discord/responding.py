"""Answers one interaction: a command, a press, or a submitted modal.

Discord wants a first answer within 3 seconds and takes more for 15 minutes; only the first may
be a modal. So the handler gets a moment to finish, then the interaction is deferred, and what
comes too late for that goes to the channel as any message does.
Source: https://docs.discord.com/developers/interactions/receiving-and-responding
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial
from typing import Any, Final

import discord
import structlog

from bot.adapters.discord.errors import (
    ALREADY_ANSWERED,
    EXPIRED,
    UNKNOWN_MESSAGE,
    delivery_errors,
)
from bot.adapters.discord.ordering import in_order
from bot.adapters.discord.outlets import Outlets
from bot.adapters.discord.render import Payload, render, render_one
from bot.adapters.discord.sending import nonce_of
from bot.chat.errors import Ambiguous, DeliveryError, RateLimited, Unreachable
from bot.chat.events import Event
from bot.chat.forms import Form
from bot.chat.markup import escape
from bot.chat.messages import Delete, Edit, Message, Notice
from bot.chat.ports import Lane
from bot.chat.turn import Reply, Single

PATIENCE: Final = 1.5
"""Seconds that a handler has before the interaction is deferred."""

TOKEN_LIFE: Final = 14.5 * 60
"""Seconds that an interaction can be answered: Discord allows 15 minutes."""

_log = structlog.get_logger(__name__)


class _State(Enum):
    """How far the answer has come."""

    FRESH = "nothing said yet"
    THINKING = "deferred: a placeholder waits to become the first message"
    NOTED = "deferred: the message with the button stays as it is"
    SAID = "answered: more goes as follow-ups"


class Response:
    """The answer to one interaction; make one, then await ``carry_out``.

    ``is_personal``: all of it is for the eyes of the person who asked.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        event: Event,
        outlets: Outlets,
        *,
        is_personal: bool = False,
    ) -> None:
        self._interaction = interaction
        self._event = event
        self._outlets = outlets
        self._is_personal = is_personal
        self._state = _State.FRESH
        self._is_placeholder_ephemeral = False
        self._is_deferring = False
        self._is_expired = False
        # Measured here and not from the interaction's own time, since clocks may differ.
        self._received = outlets.clock.monotonic()
        self._count = 0

    async def carry_out(self, turn: asyncio.Future[Reply]) -> None:
        """Wait for the handler, deferring if it takes long, and show all that it replies."""
        timer = asyncio.ensure_future(self._defer_later())
        try:
            reply = await asyncio.shield(turn)
        finally:
            if not self._is_deferring:
                timer.cancel()
        if self._is_deferring:
            await timer
        for part in in_order(reply, is_fresh=self._may_open):
            await self._guarded(partial(self._show, part))
        await self._guarded(self._finish)

    @property
    def _may_open(self) -> bool:
        """Discord takes a modal as the first answer, and none as the answer to a modal."""
        is_modal = self._interaction.type is discord.InteractionType.modal_submit
        return self._state is _State.FRESH and not is_modal

    async def open_form(self, form: Form, modal: discord.ui.Modal) -> None:
        """Show a modal, or a button that opens it where that is not possible any more."""
        if self._may_open and not self._is_too_late():
            await self._first(lambda: self._interaction.response.send_modal(modal))
            if not self._is_expired:
                return
        payload = await self._outlets.form_opener(form, self._event)
        await self._part(lambda: payload, True)

    async def _defer_later(self) -> None:
        await self._outlets.clock.sleep(PATIENCE)
        self._is_deferring = True
        await self._guarded(self._defer)

    async def _guarded(self, act: Callable[[], Awaitable[None]]) -> None:
        """One failed part must not keep the others from being shown."""
        try:
            with delivery_errors():
                await act()
        except DeliveryError as error:
            _log.warning(
                "discord.response_failed",
                interaction_id=self._event.id,
                error=type(error).__name__,
                reason=str(error),
            )

    async def _show(self, part: Single) -> None:
        match part:
            case Message():
                await self._message(part)
            case Notice():
                await self._message(Message(text=escape(part.text), is_ephemeral=True))
            case Edit():
                await self._edit(part)
            case Delete():
                await self._delete()
            case Form():
                modal = await self._outlets.modal(part, self._event)
                await self.open_form(part, modal)
            case _:
                _log.warning("discord.unshowable", reply=type(part).__name__)

    async def _message(self, message: Message) -> None:
        is_ephemeral = message.is_ephemeral or self._is_personal
        for number in range(len(render(message))):
            await self._part(partial(_nth, message, number), is_ephemeral)

    async def _part(self, make: Callable[[], Payload], is_ephemeral: bool) -> None:
        """Through the interaction, or where its time is over as any other message."""
        if not self._is_too_late():
            is_first = self._state is _State.FRESH
            try:
                await self._patiently(lambda: self._say(make(), is_ephemeral))
            except Ambiguous:
                if not is_first:
                    raise
                # Discord takes a first answer once, and says so if it had arrived after all.
                await self._patiently(lambda: self._say(make(), is_ephemeral, is_repeat=True))
            if not self._is_expired:
                return
        self._count += 1
        nonce = nonce_of(self._event.id, str(self._count))
        await self._outlets.post(self._event, make, nonce, is_ephemeral=is_ephemeral)

    async def _patiently(self, act: Callable[[], Awaitable[None]]) -> None:
        """At once, since answers do not count against the global rate; else by the courier."""

        met: DeliveryError | None = None

        async def attempt() -> None:
            nonlocal met
            if met is not None:
                # The courier must hear how long Discord asked to wait.
                error, met = met, None
                raise error
            with delivery_errors():
                await act()

        try:
            await attempt()
        except (RateLimited, Unreachable) as error:
            met = error
            to = self._event.conversation
            await self._outlets.courier.carry(to, attempt, lane=Lane.INTERACTIVE)

    async def _say(self, payload: Payload, is_ephemeral: bool, *, is_repeat: bool = False) -> None:
        try:
            await self._speak(payload, is_ephemeral)
        except discord.HTTPException as error:
            if error.code == ALREADY_ANSWERED and self._state is _State.FRESH:
                self._state = _State.SAID
                if not is_repeat:
                    await self._speak(payload, is_ephemeral)
            elif error.code in EXPIRED:
                self._is_expired = True
            else:
                raise

    async def _speak(self, payload: Payload, is_ephemeral: bool) -> None:
        interaction = self._interaction
        wanted = payload.for_sending()
        if self._state is _State.FRESH:
            await interaction.response.send_message(**wanted, ephemeral=is_ephemeral)
        elif self._state is _State.THINKING and self._is_placeholder_ephemeral == is_ephemeral:
            await interaction.edit_original_response(**payload.for_editing())
        else:
            if self._state is _State.THINKING:
                # A placeholder cannot change whom it is for.
                await interaction.delete_original_response()
                self._state = _State.SAID
            await interaction.followup.send(**wanted, ephemeral=is_ephemeral, wait=True)
        self._state = _State.SAID

    async def _first(self, act: Callable[[], Awaitable[object]]) -> None:
        try:
            await act()
            self._state = _State.SAID
        except discord.HTTPException as error:
            if error.code not in EXPIRED:
                raise
            self._is_expired = True

    async def _defer(self) -> None:
        """Ask for time: unseen under a button, else with a placeholder for this person alone."""
        interaction = self._interaction
        try:
            if interaction.message is not None:
                await interaction.response.defer()
                self._state = _State.NOTED
            else:
                is_ephemeral = not self._event.conversation.is_private
                await interaction.response.defer(ephemeral=is_ephemeral, thinking=True)
                self._state = _State.THINKING
                self._is_placeholder_ephemeral = is_ephemeral
        except discord.HTTPException as error:
            if error.code not in EXPIRED:
                raise
            self._is_expired = True

    async def _edit(self, edit: Edit) -> None:
        source = self._interaction.message
        is_source = source is not None and edit.message_id in (None, str(source.id))
        if is_source and not self._is_too_late():
            wanted = render_one(edit.message).for_editing()
            if self._state is _State.FRESH:
                await self._first(lambda: self._interaction.response.edit_message(**wanted))
                if not self._is_expired:
                    return
            elif self._state is _State.NOTED:
                await self._interaction.edit_original_response(**wanted)
                return
        if is_source and source is not None and source.flags.ephemeral:
            await self._message(edit.message)
            return
        message_id = edit.message_id or (None if source is None else str(source.id))
        if message_id is None:
            await self._message(edit.message)
        else:
            await self._outlets.edit(self._event.conversation, message_id, edit.message)

    async def _delete(self) -> None:
        source = self._interaction.message
        if source is None:
            return
        if self._state is _State.FRESH and not self._is_too_late():
            await self._defer()
        if self._state is _State.NOTED and not self._is_too_late():
            try:
                await self._interaction.delete_original_response()
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
            self._state = _State.SAID
        else:
            await self._outlets.delete(self._event.conversation, str(source.id))

    async def _finish(self) -> None:
        """Leave nothing hanging: a press without an answer is noted, a placeholder removed."""
        if self._is_too_late():
            return
        if self._state is _State.FRESH:
            await self._defer()
        if self._state is _State.THINKING:
            await self._interaction.delete_original_response()
            self._state = _State.SAID

    def _is_too_late(self) -> bool:
        age = self._outlets.clock.monotonic() - self._received
        return self._is_expired or age >= TOKEN_LIFE


def _nth(message: Message, number: int) -> Payload:
    return render(message)[number]
