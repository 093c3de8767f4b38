"""Which handler answers an event, and whether this person may ask for it."""

from __future__ import annotations

from bot.chat.events import (
    ActionPressed,
    ChatStatusChanged,
    CommandInvoked,
    FormSubmitted,
    InlineQueried,
    MemberJoined,
    MessageDeleted,
    MessageEdited,
    MessageReceived,
)
from bot.chat.messages import Message, Notice
from bot.chat.routes import ABOUT, Routes
from bot.chat.turn import Handler, Reply, Role, Turn


class Router:
    """Dispatches by the table that the handlers built."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes

    async def handle(self, turn: Turn) -> Reply:
        """The reply of the handler that the event belongs to; checks its role first."""
        found = self._find(turn)
        if found is None:
            return _unknown(turn)
        role, handler = found
        if turn.member.role < role:
            turn.notes["decision"] = "refused"
            return _refuse(turn)
        return await handler(turn)

    def _find(self, turn: Turn) -> tuple[Role, Handler] | None:
        routes = self._routes
        match turn.event:
            case CommandInvoked(name=name):
                return routes.commands.get(name)
            case ActionPressed(action=action):
                return routes.actions.get(action.name)
            case FormSubmitted(form=form):
                return routes.forms.get(form.partition(ABOUT)[0])
            case MessageReceived():
                return _open(routes.message)
            case InlineQueried():
                return _open(routes.inline)
            case MemberJoined():
                return _open(routes.joined)
            case MessageEdited():
                return _open(routes.edited)
            case MessageDeleted():
                return _open(routes.deleted)
            case ChatStatusChanged():
                return _open(routes.status)


def _open(handler: Handler | None) -> tuple[Role, Handler]:
    return (Role.ANYONE, handler or _nothing)


async def _nothing(_: Turn) -> Reply:
    return None


def _unknown(turn: Turn) -> Reply:
    turn.notes["decision"] = "unknown"
    if isinstance(turn.event, ActionPressed):
        return Notice(text=turn._("This button no longer works. Please ask again."))
    if isinstance(turn.event, CommandInvoked) and not turn.event.conversation.is_private:
        return None
    return Message(
        text=turn._("I do not know that command. Send /help to see what I can do."),
        is_ephemeral=True,
    )


def _refuse(turn: Turn) -> Reply:
    text = turn._("This is for the network's secretariat. If that is you, ask an administrator.")
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)
