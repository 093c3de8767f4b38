"""The sender's timings and bounds, all in seconds unless said otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPolicy:
    """The defaults suit production; tests and benchmarks shorten them."""

    lease: float = 6.0
    """A sender that cannot renew for this long sends nothing more."""
    request_timeout: float = 50.0
    """The longest that one request of the adapter may take (Telegram 30, Discord 20 and up to 30
    in its bucket): what was being sent when a sender died is decided only this long after its
    lease, times the requests that the message takes."""
    poll: float = 1.0
    """How often the outbox is looked at when nobody pokes."""
    standby_poll: float = 0.5
    flush: float = 0.025
    """Commits are at least this far apart."""
    ahead: float = 1.0
    """Work claimed, in seconds at the present rate."""
    grace: float = 10.0
    """How long what is in flight may take to end after ``stop``."""
    max_in_flight: int = 256
    max_attempts: int = 8
    """Sends of one row that ended in doubt or in "too fast" before it is given up."""
    max_wait: float = 30.0
    """A row that must wait longer than this goes back to the table until then."""
