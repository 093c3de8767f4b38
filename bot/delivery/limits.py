"""How fast each platform lets one bot token send."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bot.chat.events import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformLimits:
    """Rates in messages a second, intervals in seconds.

    ``rate`` is the ceiling that the platform documents. ``highest_rate`` is how far the pace may
    feel its way above it while nothing is refused; the same as ``rate`` where None.
    """

    rate: float
    highest_rate: float | None = None
    margin: float | None = None
    """Share of the ceiling to use; by the rate where None, see ``share``."""
    private_interval: float = 1.0
    group_interval: float = 1.0
    burst: int = 3
    """Replies that a chat may get ahead of its interval, as long as they are interactive."""
    nonce_window: float = 0.0
    """Seconds for which the platform recognises a repeated nonce; 0 where it never does."""

    @property
    def share(self) -> float:
        """Share of the ceiling to use: more where ``bot.delivery.window`` guards the second."""
        if self.margin is not None:
            return self.margin
        return 0.993 if self.rate <= 200 else 0.967

    def interval(self, *, is_private: bool) -> float:
        """Seconds between two messages to one chat."""
        return self.private_interval if is_private else self.group_interval


_LIMITS: Final[dict[Platform, PlatformLimits]] = {
    # https://core.telegram.org/bots/faq: 30 a second, 1 a second in a chat (short bursts are
    # let pass), 20 a minute in a group.
    "telegram": PlatformLimits(rate=30.0, group_interval=3.0),
    # https://discord.com/developers/docs/topics/rate-limits: 50 requests a second; a channel's
    # bucket is told in headers and has been 5 in 5 seconds. enforce_nonce looks back "a few
    # minutes" (Create Message): two are counted on.
    "discord": PlatformLimits(rate=50.0, nonce_window=120.0),
    "console": PlatformLimits(rate=10_000.0, private_interval=0.0, group_interval=0.0),
    "email": PlatformLimits(rate=5.0, private_interval=0.0, group_interval=0.0),
}


def limits_for(platform: Platform, rate: float | None = None) -> PlatformLimits:
    """The platform's limits, with the rate of the settings where one is given."""
    limits = _LIMITS[platform]
    return limits if rate is None else replace(limits, rate=rate)
