"""``/subscribe`` and ``/stop``: who hears the network's announcements, and of which topics."""

from __future__ import annotations

from collections.abc import Collection

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.forms import SEPARATOR
from bot.chat.messages import Button, Edit, Message, Notice
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Turn
from bot.marking import N_
from bot.store import Store
from handlers import membership
from handlers.announce_texts import NEWS
from handlers.descriptions import Translators, in_all
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES
from handlers.subscription_panel import is_personal, panel, refusal
from knowledge.zones import find_zones


class Subscriptions:
    """A change holds at once: the sender looks again before each message.

    A private chat decides for itself. A group is decided for by its administrators and by the
    secretariat.
    """

    def __init__(self, translators: Translators) -> None:
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        subscribe = CommandSpec(
            name="subscribe",
            descriptions=in_all(self._translators, N_("Get the network's news here")),
            option="where",
            option_hints=in_all(self._translators, N_("For a group: its city, for its clock")),
        )
        stop = CommandSpec(
            name="stop", descriptions=in_all(self._translators, N_("Get no more news"))
        )
        routes.add_command(subscribe, self.subscribe)
        routes.add_command(stop, self.stop)
        routes.add_action(NEWS, self.pressed)
        routes.ask_admins |= {"subscribe", "stop", NEWS}

    async def subscribe(self, turn: Turn) -> Reply:
        """Opt in, to all topics; in a group the command may bring a language or a city."""
        _ = turn._
        where = turn.event.conversation
        if where.platform == "discord" and where.is_private:
            return Message(
                text=_(
                    "On Discord the news go to the channels of servers, not to private chats. "
                    "Look for them on your server."
                )
            )
        if (refused := refusal(turn)) is not None:
            return refused
        wanted = turn.event.text.strip() if isinstance(turn.event, CommandInvoked) else ""
        store: Store = turn.store
        if not (wanted and await store.subscriptions.is_subscribed(where)):
            await self._turn_on(turn)
        turn.notes["decision"] = "subscribed"
        if wanted and not where.is_private and (fault := await self._settle(turn, wanted)):
            return (Message(text=fault, is_ephemeral=is_personal(where)), await panel(turn))
        return await panel(turn)

    async def stop(self, turn: Turn) -> Reply:
        """Opt out of everything."""
        if (refused := refusal(turn)) is not None:
            return refused
        store: Store = turn.store
        where = turn.event.conversation
        before = await self._wanted(turn)
        member = await store.memberships.get(turn.member.id) if where.is_private else None
        if member is not None and membership.is_active(member) and member.receives:
            await membership.change(turn, member, "receives", "")
        else:
            await self._consent(turn, before, ())
        await store.subscriptions.stop(where, turn._.language, turn.clock.now())
        turn.notes["decision"] = "stopped"
        again = Button(label=turn._("Subscribe again"), action=Action(NEWS, "on"))
        return Message(
            text=turn._(
                "Done. You get no more news here, also none that is on its way. I still answer "
                "your questions."
            ),
            rows=((again,),),
            is_ephemeral=is_personal(where),
        )

    async def pressed(self, turn: Turn) -> Reply:
        """A button under an announcement or on the panel."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action.args:
            case ("stop",):
                return await self.stop(turn)
            case ("on",):
                return await self.subscribe(turn)
            case ("topics",):
                return refusal(turn) or await panel(turn)
            case ("topic", topic) if topic in RECEIVES:
                return refusal(turn) or await self._toggle(turn, topic)
            case ("language", code) if code in LANGUAGE_NAMES:
                return refusal(turn) or await self._speak(turn, code)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _turn_on(self, turn: Turn) -> None:
        store: Store = turn.store
        where, now = turn.event.conversation, turn.clock.now()
        before = await self._wanted(turn)
        member = await store.memberships.get(turn.member.id) if where.is_private else None
        if member is not None and membership.is_active(member) and not member.receives:
            await membership.change(turn, member, "receives", SEPARATOR.join(RECEIVES))
        else:
            await self._consent(turn, before, RECEIVES)
        for topic in RECEIVES:
            await store.subscriptions.unmute(where, topic)
        # A group keeps the language that was chosen for it.
        known = None if where.is_private else await store.subscriptions.language(where)
        await store.subscriptions.subscribe(where, known or turn._.language, now)
        if where.is_private:
            await membership.write_here(turn)

    async def _toggle(self, turn: Turn, topic: str) -> Reply:
        store: Store = turn.store
        where = turn.event.conversation
        if not await store.subscriptions.is_subscribed(where):
            return Edit(message=await panel(turn))
        before = await self._wanted(turn)
        wanted = before ^ {topic}
        if not wanted:
            return await self.stop(turn)
        if topic in wanted:
            await store.subscriptions.unmute(where, topic)
        else:
            await store.subscriptions.mute(where, topic)
        member = await store.memberships.get(turn.member.id) if where.is_private else None
        if member is not None and membership.is_active(member):
            value = SEPARATOR.join(each for each in RECEIVES if each in wanted)
            await membership.change(turn, member, "receives", value)
            await store.subscriptions.subscribe(where, turn._.language, turn.clock.now())
        else:
            await self._consent(turn, before, wanted)
        return Edit(message=await panel(turn))

    async def _speak(self, turn: Turn, language: str) -> Reply:
        store: Store = turn.store
        where = turn.event.conversation
        await store.subscriptions.set_language(where, language, turn.clock.now())
        return Edit(message=await panel(turn))

    async def _settle(self, turn: Turn, wanted: str) -> str:
        """Take a language or a place for the group; returns what is wrong with it, if anything."""
        store: Store = turn.store
        _, where = turn._, turn.event.conversation
        names = {name.casefold(): code for code, name in LANGUAGE_NAMES.items()}
        code = names.get(wanted.casefold(), wanted.casefold())
        if code in LANGUAGE_NAMES:
            await store.subscriptions.set_language(where, code, turn.clock.now())
            return ""
        zones = find_zones(wanted, turn.clock.now())
        if not zones:
            return _(
                "I do not know the place “{name}”. A large city near you will do.", name=wanted
            )
        if len(zones) > 1:
            return _(
                "“{name}” has several clocks: {zones}. Send /subscribe with one of these.",
                name=wanted,
                zones=", ".join(zones),
            )
        await store.chat_zones.set(where, zones[0])
        return ""

    async def _wanted(self, turn: Turn) -> set[str]:
        """The topics that this chat hears now."""
        store: Store = turn.store
        where = turn.event.conversation
        if not await store.subscriptions.is_subscribed(where):
            return set()
        return set(RECEIVES) - await store.subscriptions.muted(where)

    async def _consent(self, turn: Turn, before: Collection[str], after: Collection[str]) -> None:
        """Write down what somebody said yes or no to; members' choices are written elsewhere."""
        if not turn.event.conversation.is_private:
            return
        for topic in RECEIVES:
            if (topic in before) != (topic in after):
                await membership.consent(turn, topic, is_given=topic in after)
