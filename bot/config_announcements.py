"""Settings of announcements."""

from __future__ import annotations

from datetime import time
from typing import Literal

from pydantic import field_validator, model_validator

from bot.config_base import Section


class AnnouncementSettings(Section):
    """``channels`` hear announcements, each ``"discord:123"`` or ``"telegram:-100123"``.

    They are subscribed when the assistant starts; a /stop in one of them holds all the same.
    ``approval`` by a second person: auto asks for it as soon as there is more than one secretary.
    In ``quiet_hours`` of a reader's own clock nothing arrives; empty for none.
    """

    channels: tuple[str, ...] = ()
    approval: Literal["auto", "on", "off"] = "auto"
    quiet_hours: str = "21:00-08:00"

    @field_validator("quiet_hours")
    @classmethod
    def _quiet_hours_are_hours(cls, value: str) -> str:
        if not value:
            return value
        first, dash, last = value.partition("-")
        try:
            is_whole = bool(dash) and time.fromisoformat(first) != time.fromisoformat(last)
        except ValueError:
            is_whole = False
        if not is_whole:
            raise ValueError('write hours like "21:00-08:00", or "" for none')
        return value

    @model_validator(mode="after")
    def _channels_are_whole(self) -> AnnouncementSettings:
        for channel in self.channels:
            platform, _, identity = channel.partition(":")
            is_group = platform == "telegram" and identity.startswith("-")
            number = identity.removeprefix("-") if is_group else identity
            if not number.isdecimal() or not (is_group or platform == "discord"):
                raise ValueError(
                    f"{channel!r} is not a channel; "
                    'write one like "discord:123456" or "telegram:-100123456"'
                )
        return self
