"""What questions teach, in the table of routes."""

from __future__ import annotations

from bot.chat.routes import Routes
from bot.config import Settings
from handlers.descriptions import Translators
from handlers.report import MonthlyReport
from knowledge.library import Library


def add_teaching(
    routes: Routes, library: Library, settings: Settings, translators: Translators
) -> None:
    """Register."""
    MonthlyReport(library, settings.zone, translators).add_to(routes)
