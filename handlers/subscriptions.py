"""``/subscribe`` and ``/stop``: who hears the network's announcements, and of which topics."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.forms import SEPARATOR
from bot.chat.messages import Button, Edit, Message, Notice
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.store import Store
from handlers import membership
from handlers.announce_texts import NEWS
from handlers.descriptions import N_, Translators, in_all
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES


class Subscriptions:
    """A change holds at once: the sender looks again before each message.

    A private chat decides for itself. A group is decided for by its administrators who write in
    its name (Telegram) and by the secretariat.
    """

    def __init__(self, translators: Translators) -> None:
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        for name, description, handler in (
            ("subscribe", N_("Get the network's news here"), self.subscribe),
            ("stop", N_("Get no more news"), self.stop),
        ):
            spec = CommandSpec(name=name, descriptions=in_all(self._translators, description))
            routes.add_command(spec, handler)
        routes.add_action(NEWS, self.pressed)

    async def subscribe(self, turn: Turn) -> Reply:
        """Opt in, to all topics."""
        _ = turn._
        where = turn.event.conversation
        if where.platform == "discord" and where.is_private:
            return Message(
                text=_(
                    "On Discord the news go to the channels of servers, not to private chats. "
                    "Look for them on your server."
                )
            )
        if (refusal := _refuse(turn)) is not None:
            return refusal
        await self._turn_on(turn)
        turn.notes["decision"] = "subscribed"
        return await self._panel(turn)

    async def stop(self, turn: Turn) -> Reply:
        """Opt out of everything."""
        if (refusal := _refuse(turn)) is not None:
            return refusal
        store: Store = turn.store
        where = turn.event.conversation
        member = await store.memberships.get(turn.member.id) if where.is_private else None
        if member is not None and membership.is_active(member) and member.receives:
            await membership.change(turn, member, "receives", "")
        await store.subscriptions.stop(where, turn._.language, turn.clock.now())
        turn.notes["decision"] = "stopped"
        again = Button(label=turn._("Subscribe again"), action=Action(NEWS, "on"))
        return Message(
            text=turn._(
                "Done. You get no more news here, also none that is on its way. I still answer "
                "your questions."
            ),
            rows=((again,),),
            is_ephemeral=True,
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
                return _refuse(turn) or await self._panel(turn)
            case ("topic", topic) if topic in RECEIVES:
                return _refuse(turn) or await self._toggle(turn, topic)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _turn_on(self, turn: Turn) -> None:
        store: Store = turn.store
        where, now = turn.event.conversation, turn.clock.now()
        member = await store.memberships.get(turn.member.id) if where.is_private else None
        if member is not None and membership.is_active(member) and not member.receives:
            await membership.change(turn, member, "receives", SEPARATOR.join(RECEIVES))
        for topic in RECEIVES:
            await store.subscriptions.unmute(where, topic)
        await store.subscriptions.subscribe(where, turn._.language, now)
        if where.is_private:
            await membership.write_here(turn)

    async def _toggle(self, turn: Turn, topic: str) -> Reply:
        store: Store = turn.store
        where = turn.event.conversation
        if not await store.subscriptions.is_subscribed(where):
            return Edit(message=await self._panel(turn))
        wanted = set(RECEIVES) - await store.subscriptions.muted(where)
        wanted ^= {topic}
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
        return Edit(message=await self._panel(turn))

    async def _panel(self, turn: Turn) -> Message:
        store: Store = turn.store
        _ = turn._
        where = turn.event.conversation
        if not await store.subscriptions.is_subscribed(where):
            on = Button(label=_("Subscribe"), action=Action(NEWS, "on"), style="primary")
            return Message(
                text=_("You get no news of the network here."), rows=((on,),), is_ephemeral=True
            )
        muted = await store.subscriptions.muted(where)
        buttons = [
            Button(
                label=_(label) if topic in muted else f"✓ {_(label)}",
                action=Action(NEWS, "topic", topic),
            )
            for topic, label in RECEIVES.items()
        ]
        stop = Button(label=_("Stop all"), action=Action(NEWS, "stop"), style="danger")
        return Message(
            text=_(
                "This chat gets the news of the network in {language}. Press a topic to switch it "
                "off or on; /stop ends them all at any time.",
                language=LANGUAGE_NAMES.get(_.language, _.language),
            ),
            rows=(*((button,) for button in buttons), (stop,)),
            is_ephemeral=True,
        )


def _refuse(turn: Turn) -> Message | Notice | None:
    """What somebody is told who may not decide for the group; None for who may."""
    where, author = turn.event.conversation, turn.event.author
    # Telegram: an administrator who writes in the group's name has the group's own id.
    is_group_itself = where.platform == "telegram" and author.id == where.chat_id
    if where.is_private or is_group_itself or turn.member.role >= Role.SECRETARIAT:
        return None
    turn.notes["decision"] = "refused"
    if where.platform == "telegram":
        text = turn._(
            "Only an administrator can change this for the group: switch on “Remain anonymous” "
            "in your administrator's rights, then send /subscribe or /stop in the group."
        )
    else:
        text = turn._("Please ask the network's secretariat to change this for the channel.")
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)
