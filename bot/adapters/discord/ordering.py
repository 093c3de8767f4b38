"""In which order the parts of a reply go out."""

from __future__ import annotations

from bot.chat.forms import Form
from bot.chat.messages import Delete, Edit
from bot.chat.turn import Reply, Single


def in_order(reply: Reply, *, is_fresh: bool) -> list[Single]:
    """Parts in an order that Discord allows: a form, or what changes the message, comes first."""
    parts = list(reply) if isinstance(reply, tuple) else [] if reply is None else [reply]

    def rank(part: Single) -> int:
        if isinstance(part, Form):
            return 0 if is_fresh else 2
        return 1 if isinstance(part, Edit | Delete) else 2

    return sorted(parts, key=rank)
