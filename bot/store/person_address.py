"""Where a person can be written to by themselves: columns for queries over ``person``."""

from __future__ import annotations

from typing import Any, Final, cast

from sqlalchemy import ColumnElement, case, select

from bot.chat.events import ConversationRef, Platform, private_chat_with
from bot.store.schema import account, person

_RANKS: Final = {"telegram": 0, "discord": 1, "console": 2}


def _of_first_account(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return (
        select(column)
        .where(account.c.person_id == person.c.id, account.c.platform.in_(_RANKS))
        .order_by(case(_RANKS, value=account.c.platform, else_=9), account.c.account_id)
        .limit(1)
        .correlate(person)
        .scalar_subquery()
    )


ADDRESS_COLUMNS: Final[tuple[ColumnElement[Any], ...]] = (
    person.c.home_platform,
    person.c.home_chat,
    _of_first_account(account.c.platform + ":" + account.c.account_id).label("first_account"),
    _of_first_account(account.c.locale).label("first_locale"),
)
"""``first_locale`` is what the platform says of the person's language (BCP 47)."""


def address_of(row: Any) -> ConversationRef | None:
    """From a row with ``ADDRESS_COLUMNS``: the chat that was chosen, else that of an account."""
    if row.home_chat is not None:
        return ConversationRef(platform=cast(Platform, row.home_platform), chat_id=row.home_chat)
    if row.first_account is None:
        return None
    platform, _, number = row.first_account.partition(":")
    return private_chat_with(cast(Platform, platform), number)
