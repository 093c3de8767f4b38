"""What questions teach, in the table of routes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.events import ConversationRef
from bot.chat.routes import Routes
from bot.config import Settings
from handlers.article_making import ArticleMaking
from handlers.descriptions import Translators
from handlers.report import MonthlyReport
from handlers.teach import Teach
from knowledge.library import Library


def add_teaching(
    routes: Routes,
    library: Library,
    settings: Settings,
    desks: Sequence[ConversationRef],
    translators: Translators,
) -> None:
    """Register."""
    making = ArticleMaking(library, desks, has_folder=settings.own_articles_dir is not None)
    for part in (
        MonthlyReport(library, settings.zone, translators),
        Teach(library, making, translators),
    ):
        part.add_to(routes)
