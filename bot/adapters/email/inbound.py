"""A mail that counts, as the event that the handlers know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.adapters.email.judging import Accepted
from bot.adapters.email.office import Place
from bot.adapters.email.reading import Mail
from bot.chat.events import Author, IncomingFile, MessageReceived

REF_LIMIT = 200


def event_of(
    mail: Mail,
    verdict: Accepted,
    place: Place,
    files: Sequence[IncomingFile],
    now: datetime,
) -> MessageReceived:
    """What a contact wrote about a question; ``left_out`` files are named below the words."""
    notes = [f"✂ {name}" for name in mail.left_out]
    text = "\n".join(part for part in (mail.text, "…" if mail.is_cut else "", *notes) if part)
    return MessageReceived(
        id=mail.digest,
        conversation=place.where,
        author=Author(
            platform="email",
            id=verdict.address,
            name=mail.sender_name or verdict.address,
            locale=place.language,
        ),
        at=now,
        text=text,
        message_id=(mail.message_id or mail.digest)[:REF_LIMIT],
        files=tuple(files),
        is_automatic=verdict.is_automatic,
    )
