"""Everything about the calendar in the table of routes."""

from __future__ import annotations

from bot.chat.routes import Routes
from bot.chat.turn import Handler
from bot.config import Settings
from handlers.descriptions import Translators
from handlers.event_answers import EventAnswers
from handlers.event_bell import EventBell
from handlers.event_changes import EventChanges
from handlers.event_digest import EventDigest
from handlers.event_feedback import EventFeedback
from handlers.event_notices import EventNotices
from handlers.event_organise import EventOrganise
from handlers.event_panel import EventPanel
from handlers.event_publishing import EventPublishing
from handlers.event_views import EventViews
from handlers.event_zone import Zones
from handlers.events import EventList
from handlers.start import Start


def add_events(
    routes: Routes, start: Start, settings: Settings, translators: Translators
) -> dict[str, Handler]:
    """Register, with the deep link ``event_12``; returns the pages that menus lead to."""
    rules = settings.events
    public_url = settings.web.public_url if settings.web.port else None
    zones = Zones(settings.zone)
    views = EventViews(zones)
    listing = EventList(views, EventAnswers(views, public_url), translators)
    notices = EventNotices(settings.zone, translators)
    panel = EventPanel()
    changes = EventChanges(panel, notices)
    publishing = EventPublishing(panel, notices)
    organise = EventOrganise(listing, zones, panel, changes, publishing, translators)
    bell = EventBell(zones, rules.quiet, translators)
    digest = EventDigest(zones, rules.digest_day, rules.digest_hour)
    for part in (listing, organise, zones, bell, digest, EventFeedback()):
        part.add_to(routes)
    start.deep_links["event"] = listing.opened
    return {"events": listing.events}
