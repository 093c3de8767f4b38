"""What did not reach somebody is told when they meet the assistant next."""

from __future__ import annotations

from typing import Final

from bot.chat.events import ActionPressed, CommandInvoked, Event, FormSubmitted, MessageReceived
from bot.chat.forms import WHOLE_FORM_PLATFORMS
from bot.chat.messages import Delete, Edit, Message, Notice
from bot.chat.turn import Handler, Reply, Turn
from bot.store import Store

_UNDERWAY: Final = frozenset({"ready", "claimed", "sending"})


async def tell_notices(turn: Turn, handler: Handler) -> Reply:
    """A middleware: the handler's reply, and after it what waits for this person.

    A message that arrived after all is not told again, and one that is on its way is waited for.
    """
    reply = await handler(turn)
    if not turn.member.has_notices or not _is_for_one(turn.event):
        return reply
    parts = reply if isinstance(reply, tuple) else () if reply is None else (reply,)
    if not all(isinstance(part, Message | Edit | Delete | Notice) for part in parts):
        return reply
    store: Store = turn.store
    told: list[Message] = []
    for waiting in await store.notices.of(turn.member.id):
        if waiting.state in _UNDERWAY:
            continue
        await store.notices.drop(waiting.id)
        if waiting.state != "sent":
            told.append(waiting.message)
    return (*parts, *told) if told else reply


def _is_for_one(event: Event) -> bool:
    """Whether nobody else would read it."""
    if event.conversation.is_private:
        return isinstance(event, MessageReceived | CommandInvoked | ActionPressed | FormSubmitted)
    is_answered_alone = isinstance(event, CommandInvoked | ActionPressed | FormSubmitted)
    return is_answered_alone and event.conversation.platform in WHOLE_FORM_PLATFORMS
