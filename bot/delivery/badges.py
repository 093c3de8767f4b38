"""Gives and takes the mark of members that a platform has: a role on Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.chat.errors import DeliveryError, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import ConversationRef
from bot.chat.messages import Message
from bot.chat.ports import BadgeBearer, Clock, Lane
from bot.chat.turn import Translate
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.badges import Badge
from bot.store.outages import OUTAGES

POLL: Final = 2.0
"""Seconds between two looks."""
AT_ONCE: Final = 5
"""Marks of one look: role changes share the platform's ceiling with messages."""
FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
AFTER_REFUSAL: Final = timedelta(days=1)
"""Until what the platform refuses is tried again: somebody has to set a right first."""

_log = structlog.get_logger(__name__)


class Badges:
    """One task a platform. What it does may be done twice without harm."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        bearer: BadgeBearer,
        desks: Sequence[ConversationRef],
        translate: Translate,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bearer = bearer
        self._desks = tuple(desks)
        self._translate = translate

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until ``stop`` is set."""
        while not stop.is_set():
            try:
                await self.step()
            except OUTAGES as error:
                _log.warning("badges.database", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def step(self) -> int:
        """Do what is due; returns how many marks were given or taken."""
        async with self._database.begin() as store:
            due = await store.badges.due(self._bearer.platform, self._clock.now(), AT_ONCE)
        done = 0
        for mark in due:
            done += await self._carry(mark)
        return done

    async def _carry(self, mark: Badge) -> bool:
        try:
            await self._bearer.set_badge(mark.account_id, is_held=mark.is_wanted)
        except RecipientGone:
            async with self._database.begin() as store:
                await store.badges.settle(mark, "absent")
            return False
        except Undeliverable as error:
            await self._refused(mark, str(error))
            return False
        except RateLimited as error:
            pause = timedelta(seconds=error.retry_after)
            async with self._database.begin() as store:
                await store.badges.put_off(mark, self._clock.now() + pause)
            return False
        except DeliveryError as error:
            _log.info("badge.delayed", error=type(error).__name__, attempts=mark.attempts)
            pause = min(FIRST_PAUSE * 2 ** min(mark.attempts, 12), LONGEST_PAUSE)
            async with self._database.begin() as store:
                await store.badges.put_off(mark, self._clock.now() + pause)
            return False
        async with self._database.begin() as store:
            await store.badges.settle(mark, "given")
        _log.info("badge.given" if mark.is_wanted else "badge.taken")
        return True

    async def _refused(self, mark: Badge, reason: str) -> None:
        """Tell the secretariat, once a day for each reason, and try again a day later.

        What nobody wants any more is let go after the second refusal.
        """
        now = self._clock.now()
        _log.warning("badge.refused", reason=reason, is_wanted=mark.is_wanted)
        _ = self._translate
        told = _(reason)
        if mark.is_wanted:
            text = _("I could not give a new member the role of members: {reason}.", reason=told)
        else:
            text = _(
                "I could not take the role of members from somebody who left: {reason}.",
                reason=told,
            )
        hint = _(
            "The bot needs the right to manage roles, and its own role must stand above the "
            "members' role. I try again tomorrow. insop doctor says more."
        )
        async with self._database.begin() as store:
            for desk in (*self._desks, *await store.chats.desks("console")):
                await store.outbox.add(
                    f"badge:{mark.is_wanted:d}:{now:%Y%m%d}:{reason}"[:80],
                    desk,
                    Message(text=f"{text}\n\n{hint}"),
                    lane=Lane.RELAY,
                    on_unknown="resend",
                    now=now,
                )
            if mark.is_wanted or not mark.attempts:
                await store.badges.put_off(mark, now + AFTER_REFUSAL)
            else:
                await store.badges.drop(mark)
