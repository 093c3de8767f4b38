"""Everything about announcements in the table of routes."""

from __future__ import annotations

from bot.chat.routes import Routes
from bot.config import Settings
from handlers.announce import Announce
from handlers.announce_draft import DraftPanel
from handlers.announce_progress import Progress
from handlers.announce_report import Report
from handlers.announce_run import AnnounceRun
from handlers.descriptions import Translators
from handlers.subscriptions import Subscriptions


def add_announcements(routes: Routes, settings: Settings, translators: Translators) -> None:
    """Register."""
    panel = DraftPanel(settings.zone)
    rates = {
        "telegram": settings.telegram.rate_per_second,
        "discord": settings.discord.rate_per_second,
    }
    progress = Progress(settings.zone, rates)
    Announce(panel, settings.zone, translators).add_to(routes)
    AnnounceRun(panel, progress, Report(), translators).add_to(routes)
    Subscriptions(translators).add_to(routes)
