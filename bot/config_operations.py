"""Settings of operations: the web server, alerts, backups."""

from __future__ import annotations

from pydantic import Field

from bot.config_base import Section
from bot.config_sections import HttpUrl


class WebSettings(Section):
    """The one HTTP server; TLS ends in front of it. ``public_url`` is its address for people.

    ``port`` 0 switches it off, where nothing (a webhook) needs it.
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: HttpUrl | None = None
    has_metrics: bool = True


class AlertSettings(Section):
    """What is worth telling the secretariat's chats."""

    enabled: bool = True
    stuck_minutes: int = Field(default=10, ge=1, le=1440)
    disk_free_mb: int = Field(default=500, ge=0)


class BackupSettings(Section):
    """A daily copy of the database; none without ``folder``. ``hour`` is of the zone above."""

    folder: str | None = None
    hour: int = Field(default=3, ge=0, le=23)
    keep: int = Field(default=14, ge=1, le=3650)
