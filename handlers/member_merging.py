"""Records of one person: found, compared and merged by the secretariat."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice
from bot.chat.turn import Reply, Turn
from bot.store import Store
from bot.store.memberships import MemberFilter
from handlers import join_fields, membership, merging
from handlers.duplicates import find_pairs
from handlers.join_fields import LABELS, ORDER
from handlers.noting import note

LISTED: Final = 8
COMPARED: Final = 2000
"""Records compared while somebody waits; more take seconds."""


class MemberMerging:
    """Called by ``handlers.members``, which has looked at the role."""

    async def duplicates(self, turn: Turn) -> Reply:
        """The likeliest pairs, each with a button."""
        store: Store = turn.store
        _ = turn._
        if await store.memberships.count(MemberFilter()) > COMPARED:
            text = _("The list is too long to compare here. Use: insop members duplicates")
            return Message(text=text, is_ephemeral=True)
        members = {
            member.person_id: member async for member in store.memberships.each(MemberFilter())
        }
        pairs = find_pairs(members.values(), limit=LISTED)
        await note(turn, "duplicates", detail=str(len(pairs)))
        if not pairs:
            return Message(text=_("No two records look alike."), is_ephemeral=True)
        lines, buttons = [], []
        for pair in pairs:
            one, other = members[pair.first], members[pair.second]
            lines.append(
                f"- **{pair.first}** {escape(one.name)} · **{pair.second}** {escape(other.name)} · "
                f"{pair.reason} {pair.score:.0f}"
            )
            action = Action("members", "compare", str(pair.first), str(pair.second))
            buttons.append(Button(label=f"{pair.first} + {pair.second}", action=action))
        rows = tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))
        return Message(text="\n".join(lines), rows=rows, is_ephemeral=True)

    async def compare(self, turn: Turn, one: int, other: int) -> Reply:
        """Both records beside each other."""
        store: Store = turn.store
        _ = turn._
        first, second = await store.memberships.get(one), await store.memberships.get(other)
        if first is None or second is None or one == other:
            return Notice(text=_("There is no such record."))
        await note(turn, "compare", one, str(other))
        values, others = membership.values_of(first), membership.values_of(second)
        lines = [
            f"- **{escape(_(LABELS[name]))}:** {escape(join_fields.shown(name, values[name], _))}"
            f" | {escape(join_fields.shown(name, others[name], _))}"
            for name in ORDER
        ]
        buttons = tuple(
            Button(
                label=_("Merge, {number} counts", number=keep),
                action=Action("members", "merge", str(keep), str(drop)),
            )
            for keep, drop in ((one, other), (other, one))
        )
        title = _("Records {one} and {other}", one=one, other=other)
        return Message(title=title, text="\n".join(lines), rows=(buttons,), is_ephemeral=True)

    async def merge(self, turn: Turn, keep: int, drop: int) -> Reply:
        """Two become one; only where at most one of them can speak for itself."""
        store: Store = turn.store
        _ = turn._
        first, second = await store.memberships.get(keep), await store.memberships.get(drop)
        if first is None or second is None or keep == drop:
            return Notice(text=_("There is no such record."))
        both = [bool(await store.accounts.of(number)) for number in (keep, drop)]
        if all(both):
            # Two people with accounts of their own must agree: they do it with /link.
            return Message(
                text=_("Both have accounts of their own. Ask the person to use /link."),
                is_ephemeral=True,
            )
        joined = merging.merged(first, second, keep_mine=False) or first
        await store.memberships.remove(drop)
        await store.eraser.merge(keep, drop)
        await store.memberships.save(replace(joined, person_id=keep), turn.clock.now())
        await note(turn, "merge", keep, str(drop))
        text = _("Done: record {number} holds both now.", number=keep)
        show = Button(label=str(keep), action=Action("members", "show", str(keep)))
        return Message(text=text, rows=((show,),), is_ephemeral=True)
