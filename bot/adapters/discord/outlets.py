"""The ways out that answers to interactions and to messages share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import discord
import structlog

from bot.adapters.discord.buttons import FormButton
from bot.adapters.discord.components import finished_view, label
from bot.adapters.discord.drafts import DraftStore, FormDraft
from bot.adapters.discord.forms import build_modal, page_count
from bot.adapters.discord.render import Payload, render
from bot.adapters.discord.sending import Sending
from bot.chat.errors import RecipientGone, Undeliverable
from bot.chat.events import ConversationRef, Event
from bot.chat.forms import Form
from bot.chat.markup import escape
from bot.chat.messages import Message
from bot.chat.ports import Clock, Courier, Lane

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """Sends at the courier's pace; all of it raises the ``DeliveryError`` that remains."""

    sending: Sending
    courier: Courier
    clock: Clock
    drafts: DraftStore

    async def post(
        self,
        event: Event,
        make: Callable[[], Payload],
        nonce: str,
        *,
        is_ephemeral: bool = False,
        quoting: str | None = None,
    ) -> None:
        """Say it in the conversation of ``event``; ``make`` renders it anew for every try.

        What is for one person's eyes goes to their direct messages instead, and nowhere where
        they do not take any: a channel is no place for it.
        """
        to = event.conversation
        if is_ephemeral and not to.is_private:
            quoting = None
            try:
                to = await self.sending.private(event.author.id)
            except (RecipientGone, Undeliverable):
                _log.info("discord.private_refused", event_id=event.id)
                return
        await self.courier.carry(
            to,
            lambda: self.sending.send_payloads(to, (make(),), nonce=nonce, quoting=quoting),
            lane=Lane.INTERACTIVE,
        )

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Replace a message of the conversation."""
        await self.courier.carry(
            to, lambda: self.sending.edit(to, message_id, message), lane=Lane.INTERACTIVE
        )

    async def delete(self, to: ConversationRef, message_id: str) -> None:
        """Take a message of the conversation away."""
        await self.courier.carry(
            to, lambda: self.sending.delete(to, message_id), lane=Lane.INTERACTIVE
        )

    async def modal(self, form: Form, event: Event) -> discord.ui.Modal:
        """The form's first page; a form of more pages is kept from now on."""
        if page_count(form) == 1:
            return build_modal(form)
        return build_modal(form, draft_id=await self.keep(form, event))

    async def form_opener(self, form: Form, event: Event) -> Payload:
        """A message with a button that opens the form, for where a modal cannot be shown."""
        build_modal(form, draft_id="0" * 16)  # a form that no modal holds is refused now
        return opener(form, await self.keep(form, event), form.title)

    async def keep(self, form: Form, event: Event) -> str:
        """Keep a form for the person of ``event``; returns the draft's id."""
        draft_id = secrets.token_hex(8)
        await self.drafts.set(draft_id, FormDraft(form=form, owner=event.author.id))
        return draft_id


def opener(form: Form, draft_id: str, button: str) -> Payload:
    """A message with a button that shows the draft's next page."""
    text = form.intro or f"**{escape(form.title)}**"
    payload = render(Message(text=text))[-1]
    view = finished_view([FormButton.of(label(button), draft_id=draft_id)])
    return Payload(content=payload.content, embed=payload.embed, view=view)
