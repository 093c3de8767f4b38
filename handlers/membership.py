"""The rules of membership: what a yes does, what a change does, what an address does.

The journeys (``join``, ``profile``, ``leaving``, ``members``) call these; nothing here speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.chat.forms import SEPARATOR
from bot.chat.turn import Role, Turn
from bot.config_members import MembershipSettings
from bot.store import Store
from bot.store.consents import Consent
from bot.store.memberships import Membership, State
from handlers.discretion import private_chat
from handlers.join_fields import LISTS, RECEIVES
from handlers.privacy_text import VERSION


def is_active(member: Membership | None) -> bool:
    """Whether somebody has joined, even if a code or the secretariat's yes is missing."""
    return member is not None and member.state != "left"


def values_of(member: Membership) -> dict[str, str]:
    """The fields of a membership as a form holds them."""
    plain = {
        "name": member.name,
        "email": member.email or "",
        "country": member.country or "",
        "stakeholder": member.stakeholder or "",
        "organisation": member.organisation,
    }
    return plain | {name: SEPARATOR.join(getattr(member, name)) for name in LISTS}


def with_values(member: Membership, values: Mapping[str, str]) -> Membership:
    """The membership with answers of a form in it."""
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name in LISTS:
            changes[name] = tuple(filter(None, value.split(SEPARATOR)))
        elif name in ("email", "country", "stakeholder"):
            changes[name] = value or None
        else:
            changes[name] = value
    return replace(member, **changes)


async def accept(turn: Turn, values: Mapping[str, str], settings: MembershipSettings) -> Membership:
    """Somebody said yes: the membership begins, with its consents."""
    store: Store = turn.store
    now = turn.clock.now()
    before = await store.memberships.get(turn.member.id)
    fresh = Membership(
        person_id=turn.member.id,
        state="member",
        name=turn.member.name,
        joined_at=now,
        consented_at=now,
    )
    member = with_values(fresh, values)
    if before is not None and before.email and before.email == (member.email or "").lower():
        member = replace(member, email_confirmed_at=before.email_confirmed_at)
    member = replace(member, state=_next_state(member, settings))
    await store.memberships.save(member, now)
    await consent(turn, "membership", is_given=True)
    for purpose in member.receives:
        await consent(turn, purpose, is_given=True)
    await store.applications.drop(turn.member.id)
    await store.accounts.set_home(turn.member.id, private_chat(turn))
    await settle_role(turn, member)
    await settle_reach(turn, member)
    return member


async def change(turn: Turn, member: Membership, name: str, value: str) -> Membership:
    """One field anew; what may be received is a consent, an address has to be confirmed."""
    store: Store = turn.store
    changed = with_values(member, {name: value})
    if name == "email" and (changed.email or "").lower() != (member.email or ""):
        changed = replace(changed, email_confirmed_at=None)
        await store.email_codes.void(member.person_id)
    if name == "receives":
        for purpose in RECEIVES:
            is_given = purpose in changed.receives
            if is_given != (purpose in member.receives):
                await consent(turn, purpose, is_given=is_given)
    await store.memberships.save(changed, turn.clock.now())
    if name == "receives":
        await settle_reach(turn, changed)
    return changed


async def confirm_email(
    turn: Turn, member: Membership, email: str, settings: MembershipSettings
) -> Membership:
    """The code was right: the second half of the double opt-in."""
    store: Store = turn.store
    confirmed = replace(member, email=email, email_confirmed_at=turn.clock.now())
    if member.state == "unconfirmed":
        confirmed = replace(confirmed, state=_next_state(confirmed, settings))
    await store.memberships.save(confirmed, turn.clock.now())
    await consent(turn, "email", is_given=True)
    await settle_role(turn, confirmed)
    return confirmed


def filled_from(member: Membership, other: Membership) -> Membership:
    """The membership with its gaps filled from another record of the same person."""
    gaps = {
        name: value
        for name, value in values_of(other).items()
        if value and not values_of(member)[name] and name != "receives"
    }
    earlier = min(member.joined_at, other.joined_at)
    return replace(with_values(member, gaps), joined_at=earlier)


async def end(turn: Turn, member: Membership) -> None:
    """Membership ends; the answers stay until the daily job takes them."""
    store: Store = turn.store
    now = turn.clock.now()
    await store.memberships.save(replace(member, state="left", left_at=now, receives=()), now)
    for purpose in ("membership", *member.receives):
        await consent(turn, purpose, is_given=False)
    await store.email_codes.void(member.person_id)
    left = replace(member, state="left", receives=())
    await settle_role(turn, left)
    await settle_reach(turn, left)
    await store.accounts.set_home(member.person_id, None)


async def agree(turn: Turn, member: Membership) -> Membership:
    """Somebody of an imported list said yes to being on it."""
    store: Store = turn.store
    agreed = replace(member, consented_at=turn.clock.now())
    await store.memberships.save(agreed, turn.clock.now())
    for purpose in ("membership", *agreed.receives):
        await consent(turn, purpose, is_given=True)
    if await store.accounts.home(agreed.person_id) is None:
        await store.accounts.set_home(agreed.person_id, private_chat(turn))
    await settle_role(turn, agreed)
    await settle_reach(turn, agreed)
    return agreed


async def settle_role(turn: Turn, member: Membership) -> None:
    """Members have the role of members, and the mark that their platform has for them.

    Higher roles are granted and taken by people only.
    """
    store: Store = turn.store
    role = await store.accounts.role(member.person_id)
    if member.is_confirmed and role is Role.ANYONE:
        await store.accounts.grant(member.person_id, Role.MEMBER)
    elif not member.is_confirmed and role is Role.MEMBER:
        await store.accounts.grant(member.person_id, Role.ANYONE)
    now = turn.clock.now()
    await store.badges.want(member.person_id, is_wanted=member.is_confirmed, now=now)


async def settle_reach(turn: Turn, member: Membership) -> None:
    """Announcements follow what was chosen, in one of the person's chats; none without a yes."""
    store: Store = turn.store
    await store.reach.set(
        member.person_id,
        await store.accounts.home(member.person_id),
        wanted=member.receives if member.consented_at else (),
        topics=tuple(RECEIVES),
        language=turn._.language,
        now=turn.clock.now(),
    )


async def write_here(turn: Turn) -> None:
    """The person wants what the assistant sends by itself where they act now, and only there."""
    store: Store = turn.store
    here = private_chat(turn)
    await store.accounts.set_home(turn.member.id, here)
    await store.reach.keep_one(turn.member.id, here, turn.clock.now())


async def consent(turn: Turn, purpose: str, *, is_given: bool) -> None:
    """Write down a yes or a no to this version of the privacy text."""
    store: Store = turn.store
    await store.consents.add(
        turn.member.id,
        Consent(
            purpose=purpose,
            is_given=is_given,
            version=VERSION,
            platform=turn.event.conversation.platform,
            at=turn.clock.now(),
        ),
    )


def _next_state(member: Membership, settings: MembershipSettings) -> State:
    if settings.email == "required" and member.email_confirmed_at is None:
        return "unconfirmed"
    if settings.approval and member.approved_at is None:
        return "applied"
    return "member"
