"""What to do after a send: a pure decision from the error, the row and the policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from bot.chat.errors import (
    Ambiguous,
    ConversationMoved,
    DeliveryError,
    FilesAway,
    RateLimited,
    RecipientGone,
    Undeliverable,
    Unreachable,
)
from bot.chat.events import ConversationRef
from bot.delivery.policy import SenderPolicy
from bot.store.outbox_rows import OutboxRow

FIRST_PAUSE = 1.0
"""Seconds before a send in doubt is repeated, doubled each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``retry`` after ``delay`` seconds, or a final state.

    ``is_chat_gone`` ends all sending to the chat; ``moved_to`` is its new address.
    ``is_outage`` says that the platform, not this message, is at fault.
    """

    state: Literal["retry", "failed", "unknown"]
    error: str
    delay: float = 0.0
    is_chat_gone: bool = False
    moved_to: ConversationRef | None = None
    is_outage: bool = False


def decide(
    error: DeliveryError,
    row: OutboxRow,
    policy: SenderPolicy,
    *,
    attempts: int,
    is_repeat_harmless: bool,
    has_moved: bool = False,
    may_have_arrived: bool = False,
) -> Decision:
    """``attempts`` counts this send; ``is_repeat_harmless``: the platform drops a repeated nonce.

    An edit or a deletion may always be repeated. ``may_have_arrived`` tells of the attempts before
    this one: what ends without another answer to them is in doubt, and not failed. Only words that
    the platform refuses now were refused before as well.
    """
    decision = _decide(
        error,
        row,
        policy,
        attempts=attempts,
        is_repeat_harmless=is_repeat_harmless,
        has_moved=has_moved,
    )
    is_doubt = may_have_arrived and row.kind == "send" and not isinstance(error, Undeliverable)
    return (
        replace(decision, state="unknown") if decision.state == "failed" and is_doubt else decision
    )


def _decide(
    error: DeliveryError,
    row: OutboxRow,
    policy: SenderPolicy,
    *,
    attempts: int,
    is_repeat_harmless: bool,
    has_moved: bool,
) -> Decision:
    is_last = attempts >= policy.max_attempts
    match error:
        case RateLimited():
            if is_last:
                return Decision(state="failed", error="too fast, too often")
            return Decision(state="retry", error="too fast", delay=error.retry_after)
        case RecipientGone():
            return Decision(state="failed", error="recipient gone", is_chat_gone=True)
        case ConversationMoved():
            if has_moved:
                return Decision(state="failed", error="moved twice")
            return Decision(state="retry", error="moved", moved_to=error.to)
        case Unreachable():
            # Nothing left, so nothing counts: only the row's expiry ends this.
            return Decision(state="retry", error="unreachable", delay=FIRST_PAUSE, is_outage=True)
        case FilesAway() if not is_last:
            delay = max(error.retry_after, FIRST_PAUSE * 2 ** (attempts - 1))
            return Decision(
                state="retry", error="files are away", delay=min(delay, policy.max_wait)
            )
        case Ambiguous():
            may_repeat = is_repeat_harmless or row.kind != "send" or row.on_unknown == "resend"
            if may_repeat and not is_last:
                delay = min(FIRST_PAUSE * 2 ** (attempts - 1), policy.max_wait)
                return Decision(state="retry", error="in doubt", delay=delay, is_outage=True)
            return Decision(state="unknown", error="no answer", is_outage=True)
        case Undeliverable():
            return Decision(state="failed", error="refused")
        case _:
            # Not delivered, and not this message's fault: a token that is refused, say.
            if is_last:
                return Decision(state="failed", error="not delivered", is_outage=True)
            delay = min(FIRST_PAUSE * 2 ** (attempts - 1), policy.max_wait)
            return Decision(state="retry", error="not delivered", delay=delay, is_outage=True)
