"""What questions teach: the repositories of ``bot.store.schema_teaching``."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.article_drafts import ArticleDrafts
from bot.store.asked import Asked
from bot.store.labels import Labels
from bot.store.reports import Reports


class Teaching:
    """Counts, labels, reports and drafts, on one transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.asked = Asked(connection)
        self.labels = Labels(connection)
        self.reports = Reports(connection)
        self.article_drafts = ArticleDrafts(connection)
