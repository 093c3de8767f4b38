"""Where somebody with several accounts is written to: one of them, by choice."""

from __future__ import annotations

from bot.chat.actions import Action
from bot.chat.errors import ActionTooLong
from bot.chat.events import ActionPressed
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Translate, Turn
from bot.store import Store
from bot.store.accounts import Account
from handlers import membership
from handlers.platform_names import platform_name


class Preferred:
    """The choice is the person's home: announcements, reminders and words of the secretariat."""

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action("prefer", self.pressed)

    async def question(self, turn: Turn, person_id: int) -> tuple[str, tuple[Row, ...]]:
        """What to ask somebody with several accounts, and the buttons; else nothing."""
        store: Store = turn.store
        accounts = await store.accounts.of(person_id)
        if len(accounts) < 2:
            return "", ()
        home = await store.accounts.home(person_id)
        buttons = [_button(each, turn._, is_home=each.chat == home) for each in accounts]
        found = [button for button in buttons if button is not None]
        rows = tuple(tuple(found[start : start + 2]) for start in range(0, len(found), 2))
        return turn._("Where shall I write to you? You get one copy of each message, there."), rows

    async def line(self, turn: Turn, person_id: int) -> str:
        """A line of ``/me``; nothing for somebody with one account."""
        store: Store = turn.store
        home = await store.accounts.home(person_id)
        accounts = await store.accounts.of(person_id)
        chosen = next((each for each in accounts if each.chat == home), None)
        if len(accounts) < 2 or chosen is None:
            return ""
        return turn._("- **I write to you on:** {account}", account=name_of(chosen, turn._))

    async def pressed(self, turn: Turn) -> Reply:
        """An account of one's own was chosen, or the question is asked for."""
        assert isinstance(turn.event, ActionPressed)
        store: Store = turn.store
        _ = turn._
        match turn.event.action.args:
            case ("ask",):
                text, rows = await self.question(turn, turn.member.id)
                return Message(
                    text=text or _("This account is not linked to another."),
                    rows=rows,
                    is_ephemeral=True,
                )
            case (platform, number):
                for each in await store.accounts.of(turn.member.id):
                    if (each.platform, each.account_id) == (platform, number):
                        return await self._choose(turn, each)
        return Notice(text=_("This button no longer works. Please ask again."))

    async def _choose(self, turn: Turn, account: Account) -> Message:
        store: Store = turn.store
        _ = turn._
        person_id = turn.member.id
        await store.accounts.set_home(person_id, account.chat)
        member = await store.memberships.get(person_id)
        if member is not None and membership.is_active(member):
            await membership.settle_reach(turn, member)
        else:
            await store.reach.keep_one(person_id, account.chat, turn.clock.now())
        said = _("Good, from now on I write to you on {account}.", account=name_of(account, _))
        return Message(text=f"{said}{_on_discord(account, _)}", is_ephemeral=True)


def name_of(account: Account, translate: Translate) -> str:
    """An account as its owner knows it."""
    return f"{platform_name(account.platform, translate)} ({account.name})"


def _button(account: Account, translate: Translate, *, is_home: bool) -> Button | None:
    action = Action("prefer", account.platform, account.account_id)
    try:
        action.pack()
    except ActionTooLong:
        return None
    name = name_of(account, translate)
    label = f"✓ {name}" if is_home else name
    return Button(label=label[:80], action=action)


def _on_discord(account: Account, _: Translate) -> str:
    if account.platform != "discord":
        return ""
    return " " + _("The network's news stand there in the channels of its server.")
