"""Personal matters are for one person's eyes."""

from __future__ import annotations

from bot.chat.events import ConversationRef, private_chat_with
from bot.chat.forms import WHOLE_FORM_PLATFORMS
from bot.chat.messages import LinkButton, Message
from bot.chat.turn import Turn
from bot.config_members import MembershipSettings


def is_discreet(turn: Turn) -> bool:
    """Whether nobody else reads along: a private chat, or a platform with personal replies."""
    where = turn.event.conversation
    return where.is_private or where.platform in WHOLE_FORM_PLATFORMS


def ask_privately(turn: Turn, settings: MembershipSettings, payload: str) -> Message:
    """What to say in a group instead; the link opens a private chat that goes on there."""
    _ = turn._
    rows = ()
    if settings.telegram_name and turn.event.conversation.platform == "telegram":
        url = f"https://t.me/{settings.telegram_name}?start={payload}"
        return Message(
            text=_("This is personal. Let us speak in private."),
            rows=((LinkButton(label=_("Open a private chat"), url=url),),),
        )
    return Message(text=_("This is personal. Please write to me in a private chat."), rows=rows)


def private_chat(turn: Turn) -> ConversationRef:
    """Where the person who acts can be written to later."""
    author = turn.event.author
    return private_chat_with(author.platform, author.id)
