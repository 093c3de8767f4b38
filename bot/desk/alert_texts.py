"""What the secretariat is told when something needs a person, and when it is well again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from bot.chat.turn import Translate

_PLATFORMS: Final = {"telegram": "Telegram", "discord": "Discord"}


def alert_text(cause: str, _: Translate) -> str:
    """One or two sentences: what is wrong, and what to do."""
    kind, _colon, subject = cause.partition(":")
    name = _PLATFORMS.get(subject, subject)
    match kind:
        case "sender":
            return _(
                "⚠️ Messages to {platform} have been waiting for a while and do not leave. Please "
                "ask whoever runs the assistant to look at it; nothing is lost, they leave later.",
                platform=name,
            )
        case "token":
            return _(
                "⚠️ {platform} does not let the assistant in. Most likely its token was changed. "
                "Please ask whoever runs the assistant to put the new one in place.",
                platform=name,
            )
        case "mailbox":
            return _(
                "⚠️ Mails cannot be sent or fetched: the mail server refuses. Please ask whoever "
                "runs the assistant to check the mailbox and its password."
            )
        case "disk":
            return _(
                "⚠️ The disk is nearly full. Please ask whoever runs the assistant to make room; "
                "without any, nothing can be kept."
            )
        case "backup":
            return _(
                "⚠️ The daily copy of the database failed. Please ask whoever runs the assistant "
                "to look at it."
            )
        case "history":
            return _(
                "⚠️ On {platform} the assistant may not read what was written in the questions' "
                "threads while it was away. Please look through them yourselves this time, and "
                "give it the right “Read Message History” there.",
                platform=name,
            )
    return _("⚠️ Something needs a look by whoever runs the assistant: {cause}.", cause=cause)


def clear_text(cause: str, since: datetime, _: Translate) -> str:
    """The all-clear; ``since`` tells which warning it belongs to."""
    kind, _colon, subject = cause.partition(":")
    name = _PLATFORMS.get(subject, subject)
    time = f"{since:%Y-%m-%d %H:%M}"
    match kind:
        case "sender":
            return _(
                "✅ Messages to {platform} leave again (since {time} UTC they did not).",
                platform=name,
                time=time,
            )
        case "token":
            return _(
                "✅ {platform} lets the assistant in again (since {time} UTC it did not).",
                platform=name,
                time=time,
            )
        case "mailbox":
            return _("✅ Mail works again (since {time} UTC it did not).", time=time)
        case "disk":
            return _(
                "✅ There is room on the disk again (since {time} UTC there was not).", time=time
            )
        case "backup":
            return _(
                "✅ The copy of the database worked again (it failed at {time} UTC).", time=time
            )
        case "history":
            return _(
                "✅ The assistant may read again what was written on {platform} while it was away "
                "(since {time} UTC it could not).",
                platform=name,
                time=time,
            )
    return _("✅ What was told at {time} UTC is well again: {cause}.", time=time, cause=cause)
