"""Subscribes the channels of the configuration to announcements."""

from __future__ import annotations

from typing import cast

import structlog

from bot.app import App
from bot.chat.events import ConversationRef, Platform

_log = structlog.get_logger(__name__)


async def subscribe_channels(app: App) -> None:
    """Subscribe those that are not known yet; one that said /stop stays stopped."""
    async with app.database.begin() as store:
        for channel in app.settings.announcements.channels:
            platform, _, chat_id = channel.partition(":")
            where = ConversationRef(
                platform=cast(Platform, platform), chat_id=chat_id, is_private=False
            )
            await store.subscriptions.begin(where, app.settings.language, app.clock.now())
            if not await store.subscriptions.is_subscribed(where):
                _log.warning("channel.stopped", platform=platform, channel=chat_id)
