"""The unit of work that a turn holds: one transaction, all repositories on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.accounts import Accounts
from bot.store.alerts import Alerts
from bot.store.announcement_drafts import AnnouncementDrafts
from bot.store.announcement_files import AnnouncementFiles
from bot.store.announcement_reports import AnnouncementReports
from bot.store.announcement_reviews import AnnouncementReviews
from bot.store.announcement_revisions import AnnouncementRevisions
from bot.store.announcement_watches import AnnouncementWatches
from bot.store.announcements import Announcements
from bot.store.applications import Applications
from bot.store.attendance import Attendance
from bot.store.audit import Audit
from bot.store.badges import Badges
from bot.store.calendar_choices import CalendarChoices
from bot.store.chat_zones import ChatZones
from bot.store.chats import Chats
from bot.store.consents import Consents
from bot.store.contact_absences import ContactAbsences
from bot.store.conversations import Conversations
from bot.store.desk_threads import DeskThreads
from bot.store.digests import Digests
from bot.store.drafts import Drafts
from bot.store.email_codes import EmailCodes
from bot.store.erasing import Eraser
from bot.store.event_documents import EventDocuments
from bot.store.event_mirrors import EventMirrors
from bot.store.event_texts import EventTexts
from bot.store.events import Events
from bot.store.exporting import everything_about
from bot.store.feedback import Feedback
from bot.store.hearing import Hearing
from bot.store.inbox import Inbox
from bot.store.letters import Letters
from bot.store.link_codes import LinkCodes
from bot.store.mail import MailStore
from bot.store.memberships import Memberships
from bot.store.notices import Notices
from bot.store.occurrences import Occurrences
from bot.store.operations import Operations
from bot.store.outbox import Outbox
from bot.store.outbox_publishing import OutboxPublishing
from bot.store.outbox_reports import OutboxReports
from bot.store.people import People
from bot.store.question_copies import QuestionCopies
from bot.store.question_events import QuestionEvents
from bot.store.question_messages import QuestionMessages
from bot.store.questions import Questions
from bot.store.reach import Reach
from bot.store.site_keys import SiteKeys
from bot.store.staff import Staff
from bot.store.subscriptions import Subscriptions
from bot.store.teaching import Teaching
from bot.store.writes import Write, write_all

T = TypeVar("T")


class _Part(Generic[T]):
    """A repository, made when it is first asked for: a turn needs five or six of them."""

    def __init__(self, make: Callable[[AsyncConnection], T]) -> None:
        self._make = make

    def __set_name__(self, owner: type[Store], name: str) -> None:
        self._name = name

    def __get__(self, store: Store, owner: type[Store]) -> T:
        made = self._make(store.connection)
        store.__dict__[self._name] = made
        return made


class Store:
    """Everything read and written through it is one transaction (``Database.begin``)."""

    inbox = _Part(Inbox)
    people = _Part(People)
    conversations = _Part(Conversations)
    drafts = _Part(Drafts)
    chats = _Part(Chats)
    questions = _Part(Questions)
    question_messages = _Part(QuestionMessages)
    question_copies = _Part(QuestionCopies)
    question_events = _Part(QuestionEvents)
    desk_threads = _Part(DeskThreads)
    contact_absences = _Part(ContactAbsences)
    hearing = _Part(Hearing)
    feedback = _Part(Feedback)
    outbox = _Part(Outbox)
    accounts = _Part(Accounts)
    memberships = _Part(Memberships)
    applications = _Part(Applications)
    consents = _Part(Consents)
    audit = _Part(Audit)
    email_codes = _Part(EmailCodes)
    letters = _Part(Letters)
    link_codes = _Part(LinkCodes)
    reach = _Part(Reach)
    subscriptions = _Part(Subscriptions)
    announcements = _Part(Announcements)
    announcement_drafts = _Part(AnnouncementDrafts)
    announcement_files = _Part(AnnouncementFiles)
    announcement_reports = _Part(AnnouncementReports)
    announcement_revisions = _Part(AnnouncementRevisions)
    announcement_reviews = _Part(AnnouncementReviews)
    chat_zones = _Part(ChatZones)
    staff = _Part(Staff)
    announcement_watches = _Part(AnnouncementWatches)
    outbox_publishing = _Part(OutboxPublishing)
    outbox_reports = _Part(OutboxReports)
    alerts = _Part(Alerts)
    operations = _Part(Operations)
    site_keys = _Part(SiteKeys)
    badges = _Part(Badges)
    notices = _Part(Notices)
    events = _Part(Events)
    event_texts = _Part(EventTexts)
    event_documents = _Part(EventDocuments)
    occurrences = _Part(Occurrences)
    attendance = _Part(Attendance)
    calendar_choices = _Part(CalendarChoices)
    digests = _Part(Digests)
    event_mirrors = _Part(EventMirrors)
    mail = _Part(MailStore)
    teaching = _Part(Teaching)
    eraser = _Part(Eraser)

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._at_end: list[Write] = []

    def at_end(self, write: Write) -> None:
        """Have a row written just before the commit, in one trip with others like it."""
        self._at_end.append(write)

    async def write_rest(self) -> None:
        """What waits for the end; ``Database.begin`` calls it."""
        waiting, self._at_end = self._at_end, []
        await write_all(self.connection, waiting)

    async def export(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Everything held about a person, rows by table."""
        return await everything_about(self.connection, person_id)
