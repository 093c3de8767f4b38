"""Settings of announcements."""

from __future__ import annotations

from pydantic import model_validator

from bot.config_base import Section


class AnnouncementSettings(Section):
    """``channels`` hear announcements, each ``"discord:123"`` or ``"telegram:-100123"``.

    They are subscribed when the assistant starts; a /stop in one of them holds all the same.
    """

    channels: tuple[str, ...] = ()

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
