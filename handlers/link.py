"""``/link``: one person, several accounts.

Who has two accounts makes a code on one and gives it on the other; what both records say
differently is shown, and chosen, before they become one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted
from bot.chat.forms import Field, Form
from bot.chat.messages import Button, Edit, LinkButton, Message, Notice, Row
from bot.chat.ports import Lane
from bot.chat.routes import CommandSpec, Routes
from bot.chat.turn import Reply, Role, Turn
from bot.config_members import MembershipSettings
from bot.marking import N_
from bot.store import Store
from bot.store.link_codes import LENGTH, LinkOffer, tidy
from handlers import membership, merging
from handlers.consenting import Consenting, is_unasked
from handlers.descriptions import Translators, in_all
from handlers.discretion import ask_privately, is_discreet, private_chat
from handlers.join_fields import LABELS, shown
from handlers.preferred import Preferred

FORM: Final = "link"
PAYLOAD: Final = "link"
"""What a deep link's payload begins with."""


class Link:
    """Codes are given by hand: nobody is linked who has not both accounts before them."""

    def __init__(
        self,
        settings: MembershipSettings,
        preferred: Preferred,
        consenting: Consenting,
        translators: Translators,
    ) -> None:
        self._settings = settings
        self._preferred = preferred
        self._consenting = consenting
        self._translators = translators

    def add_to(self, routes: Routes) -> None:
        """Register."""
        spec = CommandSpec(
            name="link",
            descriptions=in_all(self._translators, N_("Link your other account")),
            option="code",
            option_hints=in_all(self._translators, N_("The code from your other account")),
        )
        unlink = in_all(self._translators, N_("Separate this account from the others"))
        routes.add_command(spec, self.link)
        routes.add_command(CommandSpec(name="unlink", descriptions=unlink), self.unlink)
        routes.add_action("link", self.pressed)
        routes.add_form(FORM, self.submitted)

    async def link(self, turn: Turn) -> Reply:
        """A fresh code, or the offer that belongs to a code."""
        assert isinstance(turn.event, CommandInvoked)
        code = tidy(turn.event.text)
        return await self._ask(turn, code) if code else await self._offer(turn)

    async def start(self, turn: Turn) -> Reply:
        """A deep link: ``/start link_CODE``."""
        assert isinstance(turn.event, CommandInvoked)
        return await self._ask(turn, tidy(turn.event.text.partition("_")[2]))

    async def submitted(self, turn: Turn) -> Reply:
        """The code was written into the form."""
        assert isinstance(turn.event, FormSubmitted)
        return await self._ask(turn, tidy(turn.event.value("code")))

    async def pressed(self, turn: Turn) -> Reply:
        """Make a code, take one, or the yes to an offer."""
        assert isinstance(turn.event, ActionPressed)
        _ = turn._
        match turn.event.action.args:
            case ("offer",):
                return await self._offer(turn)
            case ("enter",):
                label = _("The code from your other account")
                field = Field(name="code", label=label, limit=40)
                return Form(id=FORM, title=_("Link your other account"), fields=(field,))
            case ("theirs" | "mine" as keep, code):
                return await self._join(turn, code, keep_mine=keep == "mine")
            case ("apart",):
                return await self._part(turn)
            case ("no",):
                return Edit(message=Message(text=_("Good, nothing was changed.")))
        return Notice(text=_("This button no longer works. Please ask again."))

    async def _offer(self, turn: Turn) -> Reply:
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        here = turn.event.conversation.platform
        code = await store.link_codes.make(turn.member.id, here, turn.clock.now())
        rows: list[Row] = []
        if self._settings.telegram_name and here != "telegram":
            url = f"https://t.me/{self._settings.telegram_name}?start={PAYLOAD}_{code}"
            rows.append((LinkButton(label=_("Link my Telegram account"), url=url),))
        rows.append((Button(label=_("I have a code"), action=Action("link", "enter")),))
        return Message(
            text=_(
                "Your code is **{code}**. It counts once, for ten minutes. On your other account, "
                "write to me: /link {code}\n\nGive it to nobody: whoever uses it shares your data.",
                code=code,
            ),
            rows=tuple(rows),
            is_ephemeral=True,
        )

    async def _ask(self, turn: Turn, code: str) -> Reply:
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        offer = await store.link_codes.find(code, turn.clock.now()) if len(code) == LENGTH else None
        if offer is None:
            text = _(
                "This code does not count, or not any more. /link on your other account "
                "makes a new one."
            )
            return Message(text=text, is_ephemeral=True)
        if offer.person_id == turn.member.id:
            text = _("This account is linked already; use the code on another one.")
            return Message(text=text, is_ephemeral=True)
        return await self._compare(turn, offer, code)

    async def _compare(self, turn: Turn, offer: LinkOffer, code: str) -> Message:
        store: Store = turn.store
        _ = turn._
        theirs = await store.memberships.get(offer.person_id)
        mine = await store.memberships.get(turn.member.id)
        accounts = await store.accounts.of(offer.person_id)
        names = ", ".join(f"{account.platform} ({account.name})" for account in accounts)
        name = theirs.name if theirs else ""
        become_one = _(
            "This account and **{names}** become one: one membership, one consent, one copy "
            "of what the network sends. Say yes only if you made the code yourself a moment "
            "ago.",
            names=names,
        )
        invited = _("The network has **{name}** on its list of members. Is that you?", name=name)
        parts = [become_one if accounts else invited]
        differing = merging.differences(theirs, mine)
        if differing and theirs and mine:
            parts.append(_("The two records differ. Which one is right?"))
            ours, others = membership.values_of(mine), membership.values_of(theirs)
            parts.append(
                "\n".join(
                    _(
                        "- **{field}:** there {there}, here {here}",
                        field=_(LABELS[name]),
                        there=shown(name, others[name], _),
                        here=shown(name, ours[name], _),
                    )
                    for name in differing
                )
            )
            choices: tuple[Button, ...] = (
                Button(label=_("The one there"), action=Action("link", "theirs", code)),
                Button(label=_("The one here"), action=Action("link", "mine", code)),
            )
        else:
            yes = Action("link", "theirs", code)
            label = _("Yes, link them") if accounts else _("Yes, that is me")
            choices = (Button(label=label, action=yes, style="primary"),)
        no = Button(label=_("No"), action=Action("link", "no"), style="danger")
        return Message(text="\n\n".join(parts), rows=(choices, (no,)), is_ephemeral=True)

    async def _join(self, turn: Turn, code: str, *, keep_mine: bool) -> Reply:
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        offer = await store.link_codes.find(code, turn.clock.now())
        if offer is None or offer.person_id == turn.member.id:
            return Notice(text=_("This code does not count any more."))
        await store.link_codes.use(code)
        now = turn.clock.now()
        keep, drop = offer.person_id, turn.member.id
        theirs, mine = await store.memberships.get(keep), await store.memberships.get(drop)
        home = await store.accounts.home(keep) or await store.accounts.home(drop)
        role = await store.accounts.role(keep)
        await store.memberships.remove(drop)
        await store.eraser.merge(keep, drop)
        turn = turn.changed(member=replace(turn.member, id=keep))
        # Discord has no news in private chats, so it is home only where it is all there is.
        chats = [each.chat for each in await store.accounts.of(keep)]
        home = home or min(chats, key=lambda each: each.platform == "discord", default=None)
        await store.accounts.set_home(keep, home)
        joined = merging.merged(theirs, mine, keep_mine=keep_mine)
        if joined is not None:
            joined = replace(joined, person_id=keep)
            await store.memberships.save(joined, now)
            # A granted role stays with the record that made the code; none is won by linking.
            await store.accounts.grant(keep, role or Role.ANYONE)
            await membership.settle_role(turn, joined)
            await membership.settle_reach(turn, joined)
        elif home is not None:
            await store.reach.keep_one(keep, home, now)
        here = turn.event.conversation.platform
        await store.audit.add("link", actor_id=keep, via=here, now=now, subject_id=keep)
        await self._tell_other(turn, keep)
        done = _("Done. Both accounts are one now; /me shows it, /unlink separates them.")
        if joined is not None and is_unasked(joined):
            return self._consenting.question(turn, joined)
        asked, rows = await self._preferred.question(turn, keep)
        text = f"{done}\n\n{asked}"
        return Edit(message=Message(text=text, rows=rows, is_ephemeral=True))

    async def _tell_other(self, turn: Turn, person_id: int) -> None:
        """The account that made the code hears of it, in case it was not meant."""
        store: Store = turn.store
        home = await store.accounts.home(person_id)
        if home is None or home == private_chat(turn):
            return
        await store.outbox.add(
            f"member:{person_id}:link:{turn.event.id}",
            home,
            Message(
                text=turn._(
                    "Your account was linked to {account}. If that was not you, send /unlink.",
                    account=f"{turn.event.author.platform} ({turn.event.author.name})",
                )
            ),
            lane=Lane.RELAY,
            on_unknown="resend",
            now=turn.clock.now(),
        )

    async def unlink(self, turn: Turn) -> Reply:
        """Ask whether this account shall stand alone."""
        store: Store = turn.store
        _ = turn._
        if not is_discreet(turn):
            return ask_privately(turn, self._settings, "me")
        if len(await store.accounts.of(turn.member.id)) < 2:
            return Message(text=_("This account is not linked to another."), is_ephemeral=True)
        yes = Button(label=_("Yes, separate it"), action=Action("link", "apart"), style="danger")
        no = Button(label=_("No"), action=Action("link", "no"))
        return Message(
            text=_(
                "Shall this account stand alone again? Your membership and your data stay with "
                "the other one; here we begin anew."
            ),
            rows=((yes, no),),
            is_ephemeral=True,
        )

    async def _part(self, turn: Turn) -> Reply:
        store: Store = turn.store
        _ = turn._
        author, now = turn.event.author, turn.clock.now()
        if len(await store.accounts.of(turn.member.id)) < 2:
            return Notice(text=_("This account is not linked to another."))
        others = await store.accounts.part(turn.member.id, author, now)
        await store.badges.take(author.platform, author.id, now)
        await store.subscriptions.stop(private_chat(turn), turn._.language, now)
        await store.accounts.set_home(turn.member.id, others)
        member = await store.memberships.get(turn.member.id)
        if member is not None:
            await membership.settle_reach(turn, member)
        await store.audit.add(
            "unlink",
            actor_id=turn.member.id,
            via=author.platform,
            now=now,
            subject_id=turn.member.id,
        )
        text = _("Done. This account stands alone now.")
        return Edit(message=Message(text=text, is_ephemeral=True))
