"""What a chat hears of the network's news, with the buttons that change it."""

from __future__ import annotations

from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, Author, ConversationRef
from bot.chat.messages import Button, Choice, Message, Notice, Row, Select
from bot.chat.turn import Role, Turn
from bot.store import Store
from handlers.announce_texts import NEWS
from handlers.join_fields import RECEIVES
from handlers.settings import LANGUAGE_NAMES
from knowledge.zones import city

ONLY_HERE: Final = "telegram"
"""Where a personal reply would go to the private chat, and its buttons would mean that one."""


async def panel(turn: Turn) -> Message:
    """The topics of this chat; a group has a language and a time zone of its own, too."""
    store: Store = turn.store
    _ = turn._
    where = turn.event.conversation
    if not await store.subscriptions.is_subscribed(where):
        on = Button(label=_("Subscribe"), action=Action(NEWS, "on"), style="primary")
        return Message(
            text=_("You get no news of the network here."),
            rows=((on,),),
            is_ephemeral=is_personal(where),
        )
    muted = await store.subscriptions.muted(where)
    rows: list[Row] = [
        (
            Button(
                label=_(label) if topic in muted else f"✓ {_(label)}",
                action=Action(NEWS, "topic", topic),
            ),
        )
        for topic, label in RECEIVES.items()
    ]
    stop = Button(label=_("Stop all"), action=Action(NEWS, "stop"), style="danger")
    language = await store.subscriptions.language(where) or _.language
    text = _(
        "This chat gets the news of the network in {language}. Press a topic to switch it "
        "off or on; /stop ends them all at any time.",
        language=LANGUAGE_NAMES.get(language, language),
    )
    if not where.is_private:
        zone = await store.chat_zones.of(where)
        text += "\n\n" + _(
            "Its clock: {zone}. To change it, send /subscribe with a city, like /subscribe Dakar.",
            zone=city(zone, _.language) if zone else _("the secretariat's"),
        )
        rows.append((_languages(turn, language),))
    overview = Button(label=_("Weekly overview"), action=Action("digest", "show"))
    return Message(text=text, rows=(*rows, (overview, stop)), is_ephemeral=is_personal(where))


def is_personal(where: ConversationRef) -> bool:
    """Whether a reply is for the asker's eyes and its buttons still mean this chat."""
    return where.is_private or where.platform != ONLY_HERE


def may_decide(author: Author, where: ConversationRef, role: Role) -> bool:
    """A private chat decides for itself; a group's administrators and the secretariat for it.

    On Telegram an administrator who writes in the group's name has the group's own id.
    """
    is_group_itself = where.platform == "telegram" and author.id == where.chat_id
    is_admin = is_group_itself or bool(author.is_chat_admin)
    return where.is_private or is_admin or role >= Role.SECRETARIAT


def refusal(turn: Turn) -> Message | Notice | None:
    """What somebody is told who may not decide for the group; None for who may."""
    where = turn.event.conversation
    if may_decide(turn.event.author, where, turn.member.role):
        return None
    turn.notes["decision"] = "refused"
    text = turn._("Only an administrator of this group, or the network's secretariat, can do that.")
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)


def _languages(turn: Turn, language: str) -> Select:
    return Select(
        placeholder=turn._("Language of the news"),
        action=Action(NEWS, "language"),
        choices=tuple(
            Choice(label=f"✓ {name}" if code == language else name, value=code)
            for code, name in LANGUAGE_NAMES.items()
        ),
    )
