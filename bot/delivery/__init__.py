"""Getting messages out: pacing, retries, and an outbox that loses nothing across crashes.

``courier`` sends the answers that people wait for; ``sender`` sends the rows of the outbox;
``fanout`` writes an announcement's rows. All of one token share a ``Pacer``.
"""

from bot.delivery.courier import InteractiveCourier
from bot.delivery.limits import PlatformLimits, limits_for
from bot.delivery.pacing import Pacer
from bot.delivery.policy import SenderPolicy
from bot.delivery.sender import Sender

__all__ = [
    "InteractiveCourier",
    "Pacer",
    "PlatformLimits",
    "Sender",
    "SenderPolicy",
    "limits_for",
]
