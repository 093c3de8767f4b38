"""Everything about announcements in the table of routes."""

from __future__ import annotations

from bot.chat.routes import Routes
from bot.config import Settings
from bot.store.announcements import Timing
from handlers.announce import Announce
from handlers.announce_draft import DraftPanel
from handlers.announce_ports import AnnouncePorts
from handlers.announce_preview import DraftPreview
from handlers.announce_progress import Progress
from handlers.announce_report import Report
from handlers.announce_review import SecondPerson
from handlers.announce_revise import Revise
from handlers.announce_run import AnnounceRun
from handlers.descriptions import Translators
from handlers.subscriptions import Subscriptions


def add_announcements(
    routes: Routes, settings: Settings, translators: Translators, ports: AnnouncePorts
) -> None:
    """Register."""
    told = settings.announcements
    timing = Timing(zone=settings.zone, quiet=told.quiet_hours or None)
    preview = DraftPreview(ports.preview)
    panel = DraftPanel(settings.zone)
    progress = progress_of(settings)
    review = SecondPerson(ports, told.approval)
    Announce(panel, preview, timing, translators).add_to(routes)
    revise = Revise(review, progress, translators)
    revise.add_to(routes)
    AnnounceRun(
        panel, preview, review, revise, progress, Report(settings.zone), translators
    ).add_to(routes)
    Subscriptions(translators).add_to(routes)


def progress_of(settings: Settings) -> Progress:
    """What draws how far an announcement is."""
    rates = {
        "telegram": settings.telegram.rate_per_second,
        "discord": settings.discord.rate_per_second,
    }
    return Progress(settings.zone, rates)
