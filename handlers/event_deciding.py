"""Who decides for a group or channel what the assistant posts there by itself."""

from __future__ import annotations

from bot.chat.events import ActionPressed
from bot.chat.messages import Message, Notice
from bot.chat.turn import Role, Turn


def refusal(turn: Turn) -> Message | Notice | None:
    """What somebody is told who may not; None for who may.

    That is the secretariat, and an administrator of a Telegram group who writes in its name: the
    author's number is then the group's own.
    """
    where, author = turn.event.conversation, turn.event.author
    if where.is_private or turn.member.role >= Role.SECRETARIAT:
        return None
    if where.platform == "telegram" and author.id == where.chat_id:
        return None
    turn.notes["decision"] = "refused"
    if where.platform == "telegram":
        text = turn._(
            "Only an administrator can change this for the group: switch on “Remain anonymous” "
            "in your administrator's rights, then send /reminders in the group."
        )
    else:
        text = turn._("Please ask the network's secretariat to change this for the channel.")
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)
