"""Messages as JSON, for the inbox: what a crash interrupted is taken up at the next start.

Only messages are kept. An interaction can be answered for a few seconds, and Discord tells the
person at once where nobody did.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from bot.chat.events import Author, ConversationRef, IncomingFile, MessageReceived


def to_raw(event: MessageReceived) -> str:
    """One line of JSON."""
    data = asdict(event)
    data["at"] = event.at.isoformat()
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def from_raw(text: str) -> MessageReceived:
    """The event again; raises ``ValueError``, ``KeyError`` or ``TypeError`` on another text."""
    data = json.loads(text)
    data["at"] = datetime.fromisoformat(data["at"])
    data["conversation"] = ConversationRef(**data["conversation"])
    data["author"] = Author(**data["author"])
    data["files"] = tuple(IncomingFile(**part) for part in data["files"])
    return MessageReceived(**data)
