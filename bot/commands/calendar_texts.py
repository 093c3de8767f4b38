"""What the clock writes, in the words of the handlers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.messages import Message
from bot.clockwork.texts import Reader
from bot.store.event_rows import Meeting
from bot.store.event_texts import EventFile
from bot.translating import translator
from handlers import event_texts
from handlers.event_digest import digest_message


class HandlersTexts:
    """``bot.clockwork.texts.CalendarTexts``."""

    def before(
        self, meeting: Meeting, *, lead: int, is_late: bool, now: datetime, reader: Reader
    ) -> Message:
        """The lead itself is not told, but the time that is left: it may be late."""
        return event_texts.reminder(
            meeting,
            now,
            reader.zone,
            translator(reader.language),
            sees_link=sees_link(meeting, reader),
            is_late=is_late,
            is_group=not reader.is_private,
        )

    def thanks(self, meeting: Meeting, *, reader: Reader) -> Message:
        """With the one question."""
        return event_texts.thanks(meeting, None, translator(reader.language))

    def recording(self, meeting: Meeting, *, files: Sequence[EventFile], reader: Reader) -> Message:
        """With a button that leads to it."""
        return event_texts.recorded(meeting, files[0], translator(reader.language))

    def moved_up(self, meeting: Meeting, *, reader: Reader) -> Message:
        """A place came free."""
        return event_texts.moved_up(meeting, reader.zone, translator(reader.language))

    def digest(
        self, coming: Sequence[Meeting], recorded: Sequence[Meeting], *, reader: Reader
    ) -> Message:
        """This week in the network."""
        return digest_message(coming, recorded, reader.zone, translator(reader.language))

    def skipped(self, meeting: Meeting, *, count: int, reader: Reader) -> Message:
        """For the secretariat's desks."""
        _ = translator(reader.language)
        text = _.plural(
            "{count} reminder of **{title}** was not sent: the event had begun before I could "
            "send it.",
            "{count} reminders of **{title}** were not sent: the event had begun before I could "
            "send them.",
            count,
            title=meeting.event.text_in(reader.language).title,
        )
        return Message(text=text)


def sees_link(meeting: Meeting, reader: Reader) -> bool:
    """Whether the meeting's link may stand in the message: never in a group."""
    if not reader.is_private:
        return False
    match meeting.event.link_for:
        case "all":
            return True
        case "members":
            return reader.is_member
        case "going":
            return reader.answer == "going" and not reader.is_waiting
