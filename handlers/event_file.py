"""An event as a file for the reader's own calendar program."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.chat.messages import Attachment
from bot.store.event_entries import entry_of
from bot.store.event_rows import Meeting

MEDIA_TYPE: Final = "text/calendar"
NAME_LIMIT: Final = 60


def attachment(
    meeting: Meeting, times: Sequence[Meeting], now: datetime, language: str, *, sees_link: bool
) -> Attachment:
    """The whole series, as it stands; ``times`` are its occurrences that are written.

    The meeting's link is in it for those who may see it, and for nobody else.
    """
    # The library of calendars is loaded for the first file, not at each start.
    from bot.calendar.ics_writing import calendar_file

    event = meeting.event
    title = event.text_in(language).title
    entry = entry_of(
        event, [each.occurrence for each in times], language=language, with_link=sees_link
    )
    return Attachment(
        name=file_name(title),
        media_type=MEDIA_TYPE,
        data=calendar_file([entry], now=now),
        alt=title,
    )


def file_name(title: str) -> str:
    """A name that every system takes, with the letters of any script."""
    words = "-".join(re.findall(r"\w+", title.casefold()))[:NAME_LIMIT].strip("-")
    return f"{words or 'event'}.ics"
