"""The unit of work that a turn holds: one transaction, all repositories on it."""

from __future__ import annotations

from typing import Any

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
from bot.store.event_mirrors import EventMirrors
from bot.store.event_texts import EventTexts
from bot.store.events import Events
from bot.store.exporting import everything_about
from bot.store.feedback import Feedback
from bot.store.inbox import Inbox
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


class Store:
    """Everything read and written through it is one transaction (``Database.begin``)."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.inbox = Inbox(connection)
        self.people = People(connection)
        self.conversations = Conversations(connection)
        self.drafts = Drafts(connection)
        self.chats = Chats(connection)
        self.questions = Questions(connection)
        self.question_messages = QuestionMessages(connection)
        self.question_copies = QuestionCopies(connection)
        self.question_events = QuestionEvents(connection)
        self.desk_threads = DeskThreads(connection)
        self.contact_absences = ContactAbsences(connection)
        self.feedback = Feedback(connection)
        self.outbox = Outbox(connection)
        self.accounts = Accounts(connection)
        self.memberships = Memberships(connection)
        self.applications = Applications(connection)
        self.consents = Consents(connection)
        self.audit = Audit(connection)
        self.email_codes = EmailCodes(connection)
        self.link_codes = LinkCodes(connection)
        self.reach = Reach(connection)
        self.subscriptions = Subscriptions(connection)
        self.announcements = Announcements(connection)
        self.announcement_drafts = AnnouncementDrafts(connection)
        self.announcement_files = AnnouncementFiles(connection)
        self.announcement_reports = AnnouncementReports(connection)
        self.announcement_revisions = AnnouncementRevisions(connection)
        self.announcement_reviews = AnnouncementReviews(connection)
        self.chat_zones = ChatZones(connection)
        self.staff = Staff(connection)
        self.announcement_watches = AnnouncementWatches(connection)
        self.outbox_publishing = OutboxPublishing(connection)
        self.outbox_reports = OutboxReports(connection)
        self.alerts = Alerts(connection)
        self.operations = Operations(connection)
        self.site_keys = SiteKeys(connection)
        self.events = Events(connection)
        self.event_texts = EventTexts(connection)
        self.occurrences = Occurrences(connection)
        self.attendance = Attendance(connection)
        self.calendar_choices = CalendarChoices(connection)
        self.digests = Digests(connection)
        self.event_mirrors = EventMirrors(connection)
        self.badges = Badges(connection)
        self.notices = Notices(connection)
        self.mail = MailStore(connection)
        self.teaching = Teaching(connection)
        self.eraser = Eraser(connection)

    async def export(self, person_id: int) -> dict[str, list[dict[str, Any]]]:
        """Everything held about a person, rows by table."""
        return await everything_about(self.connection, person_id)
