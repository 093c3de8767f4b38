"""An event as an entry of a platform's own list; the meeting's link never stands in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.chat.boards import BoardEntry
from bot.chat.markup import plain
from bot.store.event_rows import Meeting
from handlers.descriptions import Translators

WITHOUT_END: Final = timedelta(hours=1)
"""How long an event of which no end is known stands in such a list."""
TEXT_LIMIT: Final = 800


def board_entry(meeting: Meeting, language: str, translators: Translators) -> BoardEntry:
    """In one language, as plain text."""
    _ = translators(language)
    event, told = meeting.event, meeting.occurrence
    text = event.text_in(language)
    words = text.text if event.feed_id is not None else plain(text.text)
    if len(words) > TEXT_LIMIT:
        words = f"{words[: TEXT_LIMIT - 1].rstrip()}…"
    how = _("To say whether you come, and for the link to join: /events")
    ends_at = told.ends_at if told.ends_at > told.starts_at else told.starts_at + WITHOUT_END
    return BoardEntry(
        title=text.title,
        text="\n\n".join(part for part in (words, how) if part),
        place=meeting.place or _("online"),
        starts_at=told.starts_at,
        ends_at=ends_at,
    )
