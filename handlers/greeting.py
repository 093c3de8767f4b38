"""Words for people who come to the network's server, and for those who just read along there."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import ConversationRef, MemberJoined
from bot.chat.messages import Button, Message
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Translate, Turn
from bot.marking import N_
from bot.store import Store
from handlers.descriptions import Translators, in_all
from handlers.menu import GO
from handlers.start import Start


class Greeting:
    """``where`` is the chat in which people are greeted, None where there is none."""

    def __init__(
        self, where: ConversationRef | None, start: Start, translators: Translators
    ) -> None:
        self._where = where
        self._start = start
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="welcome",
            descriptions=in_all(self._translators, N_("Post the welcome message (secretariat)")),
            role=Role.SECRETARIAT,
        )
        routes.add_command(spec, self.post)

    async def joined(self, turn: Turn) -> Reply:
        """The assistant came into a chat, or a person into the one where people are greeted."""
        assert isinstance(turn.event, MemberJoined)
        if turn.event.is_bot_itself:
            return await self._start.joined(turn)
        store: Store = turn.store
        now = turn.clock.now()
        await store.badges.came_in(turn.event.author, now)
        member = await store.memberships.get(turn.member.id)
        if member is None:
            # Nothing is kept of somebody who has only come in and said nothing.
            await store.people.unmeet(turn.member.id, now)
        if self._where is None or turn.event.conversation != self._where:
            return None
        _, name = turn._, turn.event.author.name
        if member is not None and member.is_confirmed:
            return Message(text=_("Welcome, {name}. Good to see a member here.", name=name))
        return _welcome(_, _("Welcome, {name}.", name=name))

    async def post(self, turn: Turn) -> Reply:
        """Put the message where new people read it, with a button to join."""
        _ = turn._
        if self._where is None:
            text = _(
                "There is no channel for welcomes. Set welcome_channel in the section [discord] "
                "of the settings."
            )
            return Message(text=text, is_ephemeral=True)
        store: Store = turn.store
        everybody = self._translators("en")
        await store.outbox.add(
            f"welcome:{turn.event.id}",
            self._where,
            _welcome(everybody, everybody("Welcome.")),
            lane=Lane.RELAY,
            on_unknown="hold",
            now=turn.clock.now(),
        )
        return Message(text=_("Done. The welcome message is on its way."), is_ephemeral=True)


def _welcome(_: Translate, greeting: str) -> Message:
    about = _(
        "This is the place of **INSOP**, the International Network on Soil Pollution. I am its "
        "assistant: ask me about soil pollution with /ask, in your own words. To become a member "
        "of the network, press the button; it takes two minutes, and only you see your answers."
    )
    join = Button(label=_("Join the network"), action=Action(GO, "join"), style="primary")
    privacy = Button(label=_("Privacy"), action=Action(GO, "privacy"))
    return Message(text=f"{greeting} {about}", rows=((join, privacy),))
