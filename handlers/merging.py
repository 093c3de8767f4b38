"""Two memberships of one person become one."""

from __future__ import annotations

from dataclasses import replace

from bot.store.memberships import Membership
from handlers.join_fields import ORDER
from handlers.membership import filled_from, is_active, values_of


def differences(theirs: Membership | None, mine: Membership | None) -> list[str]:
    """Fields that both have answered, in different ways."""
    if not (is_active(theirs) and is_active(mine) and theirs and mine):
        return []
    one, other = values_of(theirs), values_of(mine)
    return [name for name in ORDER if one[name] and other[name] and one[name] != other[name]]


def merged(
    theirs: Membership | None, mine: Membership | None, *, keep_mine: bool
) -> Membership | None:
    """One membership of two; a confirmed address stays confirmed only if it is the one kept."""
    alive = [each for each in (theirs, mine) if each is not None and is_active(each)]
    if len(alive) < 2:
        return alive[0] if alive else theirs or mine
    first, second = (alive[1], alive[0]) if keep_mine else (alive[0], alive[1])
    merged = filled_from(first, second)
    if merged.email and merged.email == second.email:
        merged = replace(
            merged,
            email_confirmed_at=first.email_confirmed_at or second.email_confirmed_at,
        )
    merged = replace(merged, consented_at=first.consented_at or second.consented_at)
    if "member" in (first.state, second.state):
        merged = replace(merged, state="member")
    return merged
