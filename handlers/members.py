"""``/members``: the secretariat looks, searches, corrects and merges. All of it is noted."""

from __future__ import annotations

from typing import Any, Final

from bot.chat.actions import Action, is_number
from bot.chat.errors import ActionTooLong
from bot.chat.events import ActionPressed, CommandInvoked
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.config_members import MembershipSettings
from bot.marking import N_
from bot.store import Store
from bot.store.memberships import MemberFilter
from handlers import join_fields
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet
from handlers.join_fields import ORDER, STAKEHOLDERS
from handlers.member_card import MemberCard
from handlers.member_counts import MemberCounts
from handlers.member_merging import MemberMerging
from handlers.noting import note
from handlers.vetting import Vetting
from knowledge.countries import find_country

LISTED: Final = 8
ROLES: Final = {
    "none": Role.ANYONE,
    "member": Role.MEMBER,
    "expert": Role.EXPERT,
    "secretariat": Role.SECRETARIAT,
    "admin": Role.ADMIN,
}


class Members:
    """Every entry needs the role of the secretariat; grants need an administrator."""

    def __init__(
        self, settings: MembershipSettings, vetting: Vetting, translators: Translators
    ) -> None:
        self._settings = settings
        self._vetting = vetting
        self._translators = translators
        self._counts = MemberCounts()
        self._merging = MemberMerging()
        self._card = MemberCard(settings, vetting, translators)

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="members",
            descriptions=in_all(self._translators, N_("Members (secretariat)")),
            role=Role.SECRETARIAT,
            is_in_groups=False,
            option="words",
            option_hints=in_all(self._translators, N_("Words to search for, or: help")),
        )
        routes.add_command(spec, self.members)
        routes.add_action("members", self.pressed, Role.SECRETARIAT)
        self._card.add_to(routes)

    async def members(self, turn: Turn) -> Reply:
        """A list, or one of the words below."""
        assert isinstance(turn.event, CommandInvoked)
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        match turn.event.text.split():
            case ["help"]:
                return self._help(turn)
            case ["stats"]:
                return await self._stats(turn)
            case ["audit"]:
                return await self._audit(turn)
            case ["duplicates"]:
                return await self._merging.duplicates(turn)
            case ["approve" | "decline" as word, number] if is_number(number):
                return await self._vetting.decide(turn, int(number), is_yes=word == "approve")
            case ["fix", number, field, *rest] if is_number(number) and field in ORDER:
                return await self._card.fix(turn, int(number), field, " ".join(rest))
            case ["invite", number] if is_number(number):
                return await self._card.invite(turn, int(number))
            case ["end", number] if is_number(number):
                return await self._card.end(turn, int(number), is_sure=False)
            case ["grant", number, role] if is_number(number) and role in ROLES:
                return await self._grant(turn, int(number), ROLES[role])
            case [number] if is_number(number):
                return await self._card.show(turn, int(number))
        return await self._list(turn, turn.event.text, 0)

    async def pressed(self, turn: Turn) -> Reply:
        """A page, a card, or a merge."""
        assert isinstance(turn.event, ActionPressed)
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        match turn.event.action.args:
            case ("page", words, offset) if is_number(offset):
                return await self._list(turn, words, int(offset))
            case ("show", number) if is_number(number):
                return await self._card.show(turn, int(number))
            case ("correct", number) if is_number(number):
                return await self._card.choose(turn, int(number))
            case ("correct", number, name) if is_number(number):
                return await self._card.ask(turn, int(number), name)
            case ("set", number, name, value) if is_number(number):
                return await self._card.fix(turn, int(number), name, value)
            case ("invite", number) if is_number(number):
                return await self._card.invite(turn, int(number))
            case ("end", number, *yes) if is_number(number):
                return await self._card.end(turn, int(number), is_sure=yes == ["yes"])
            case ("compare", one, other) if is_number(one) and is_number(other):
                return await self._merging.compare(turn, int(one), int(other))
            case ("merge", keep, drop) if is_number(keep) and is_number(drop):
                return await self._merging.merge(turn, int(keep), int(drop))
        return Notice(text=turn._("This button no longer works. Please ask again."))

    def _help(self, turn: Turn) -> Message:
        return Message(
            title=turn._("Members"),
            text=turn._(
                "- /members: all, or with words to search: name, address, organisation\n"
                "- /members country:kenya group:farmer state:applied: filters\n"
                "- /members 12: one record\n"
                "- /members approve 12 or decline 12: an application\n"
                "- /members fix 12 country Kenya: correct a field (name, email, country, "
                "stakeholder, organisation, interests, languages); the record has buttons for it\n"
                "- /members consent:no: from a list, not asked yet; /members invite 12 makes a "
                "code for one of them\n"
                "- /members end 12: end a membership\n"
                "- /members stats: counts\n"
                "- /members duplicates: records that may be of one person\n"
                "- /members audit: who looked at or changed what\n"
                "- /members grant 12 expert: roles none, member, expert, secretariat, admin "
                "(administrators only)"
            ),
            is_ephemeral=True,
        )

    async def _list(self, turn: Turn, words: str, offset: int) -> Reply:
        store: Store = turn.store
        _ = turn._
        wanted = read_filter(words)
        total = await store.memberships.count(wanted)
        page = await store.memberships.find(wanted, offset=offset, limit=LISTED)
        await note(turn, "list", detail=f"{len(page)} of {total}")
        if not page:
            return Message(text=_("No member fits. /members help"), is_ephemeral=True)
        lines = []
        for member in page:
            country = join_fields.shown("country", member.country or "", _)
            group = join_fields.shown("stakeholder", member.stakeholder or "", _)
            line = f"- **{member.person_id}** {escape(member.name)} · {country} · {group}"
            if member.state != "member":
                line += f" · {member.state}"
            if member.consented_at is None:
                line += " · " + _("no consent yet")
            lines.append(line)
        shows = [
            Button(label=str(each.person_id), action=Action("members", "show", str(each.person_id)))
            for each in page
        ]
        rows: list[Row] = [tuple(shows[start : start + 4]) for start in range(0, len(shows), 4)]
        turns = []
        for label, start in ((_("Back"), offset - LISTED), (_("More"), offset + LISTED)):
            action = _page(words, start)
            if 0 <= start < total and action is not None:
                turns.append(Button(label=label, action=action))
        title = _.plural("{count} record", "{count} records", total)
        rows += [tuple(turns)] if turns else []
        return Message(title=title, text="\n".join(lines), rows=tuple(rows), is_ephemeral=True)

    async def _grant(self, turn: Turn, number: int, role: Role) -> Reply:
        store: Store = turn.store
        _ = turn._
        if turn.member.role < Role.ADMIN:
            return Message(text=_("Only an administrator grants roles."), is_ephemeral=True)
        if await store.accounts.role(number) is None:
            return Message(text=_("There is no such record."), is_ephemeral=True)
        await store.accounts.grant(number, role)
        await note(turn, "grant", number, role.name.lower())
        text = _("Record {number} has the role {role} now.", number=number, role=role.name.lower())
        return Message(text=text, is_ephemeral=True)

    async def _stats(self, turn: Turn) -> Reply:
        await note(turn, "stats")
        return await self._counts.message(turn)

    async def _audit(self, turn: Turn) -> Reply:
        store: Store = turn.store
        lines = [
            f"- {entry.at:%Y-%m-%d %H:%M} · {escape(entry.actor or entry.via)} · {entry.action}"
            + (f" · {entry.subject_id}" if entry.subject_id else "")
            + (f" · {escape(entry.detail)}" if entry.detail else "")
            for entry in await store.audit.last(20)
        ]
        text = "\n".join(lines) or turn._("Nothing is noted yet.")
        return Message(title=turn._("Who did what (UTC)"), text=text, is_ephemeral=True)


def read_filter(text: str) -> MemberFilter:
    """``country:kenya group:farmer consent:no words`` as a filter; odd values fit nobody."""
    words: list[str] = []
    chosen: dict[str, Any] = {}
    for part in text.split():
        key, colon, value = part.partition(":")
        if not colon:
            words.append(part)
        elif key == "country":
            chosen["country"] = find_country(value).code or "??"
        elif key == "group":
            chosen["stakeholder"] = value if value in STAKEHOLDERS else "?"
        elif key == "state":
            chosen["state"] = value
        elif key == "consent":
            chosen["has_consented"] = value != "no"
        else:
            words.append(part)
    return MemberFilter(words=" ".join(words), **chosen)


def _page(words: str, offset: int) -> Action | None:
    """The button of a page; None where the search is too long to travel in one."""
    action = Action("members", "page", words, str(max(0, offset)))
    try:
        action.pack()
    except ActionTooLong:
        return None
    return action
