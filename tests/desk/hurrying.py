"""A pacer for tests that are not about pace."""

from __future__ import annotations

from dataclasses import replace

from bot.chat.ports import Clock
from bot.delivery import Pacer, limits_for


def hurried(clock: Clock) -> Pacer:
    """Discord in a hurry, also within one chat: what a chat bears has tests of its own."""
    limits = limits_for("discord", 1000.0)
    return Pacer(limits=replace(limits, private_interval=0.0, group_interval=0.0), clock=clock)
