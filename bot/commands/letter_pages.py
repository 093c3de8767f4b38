"""What the links in letters do: ``bot.web.links.LinkPage`` for each purpose."""

from __future__ import annotations

from collections.abc import Callable

from bot.app import App, desks_of
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, Author
from bot.chat.messages import Message
from bot.chat.ports import Lane
from bot.chat.turn import Member, Translate, Turn
from bot.mail import LetterKind
from bot.store import Store
from bot.store.email_codes import Asked
from bot.store.letters import KINDS
from bot.store.memberships import Membership
from bot.translating import translator
from bot.web.links import Shown
from handlers.confirm import Confirm
from handlers.preferred import name_of
from handlers.vetting import Vetting

Other = Callable[[str], tuple[str, str]]
"""The purpose and token of the page that does the opposite, for the same subject."""


class ConfirmPage:
    """The reader of a mail says that the address is theirs, instead of typing its code."""

    def __init__(self, app: App) -> None:
        self._app = app
        vetting = Vetting(desks_of(app.settings), translator)
        self._confirm = Confirm(app.settings.membership, vetting, translator)

    async def show(self, subject: str, _: Translate) -> Shown | None:
        """Names who asked: whoever presses vouches for that person's account."""
        async with self._app.database.begin() as store:
            asked, member = await self._asked(store, subject)
            if asked is None or member is None:
                return None
            if asked.is_used:
                return _used(member, _)
            accounts = await store.accounts.of(member.person_id)
        where = ", ".join(name_of(each, _) for each in accounts)
        text = _(
            "{name} joined the International Network on Soil Pollution (INSOP) with the address "
            "{email}, on {accounts}.\n\nPlease press only if that is you.",
            name=member.name,
            email=asked.email,
            accounts=where,
        )
        return Shown(text=text, button=_("Yes, this is my address"))

    async def act(self, subject: str, _: Translate) -> Shown | None:
        """What the code would have done; the person's chat is told, too."""
        app = self._app
        async with app.database.begin() as store:
            asked, member = await self._asked(store, subject)
            if asked is None or member is None:
                return None
            if asked.is_used:
                return _used(member, _)
            accounts = await store.accounts.of(member.person_id)
            if not accounts:
                return None
            await store.email_codes.use(_number(subject))
            spoken = await store.accounts.language(member.person_id) or asked.language
            first = accounts[0]
            turn = Turn(
                event=ActionPressed(
                    id=f"link:{subject}",
                    conversation=first.chat,
                    author=Author(platform=first.platform, id=first.account_id, name=first.name),
                    at=app.clock.now(),
                    action=Action("confirm", "link"),
                ),
                member=Member(id=member.person_id, name=member.name),
                store=store,
                clock=app.clock,
                _=translator(spoken),
            )
            await self._confirm.by_link(turn, member, asked.email)
        return Shown(
            text=_("Thank you. Your e-mail address {email} is confirmed.", email=asked.email)
        )

    async def _asked(self, store: Store, subject: str) -> tuple[Asked | None, Membership | None]:
        attempt = int(subject.partition(".")[2])
        asked = await store.email_codes.asked(_number(subject), attempt, self._app.clock.now())
        if asked is None:
            return None, None
        member = await store.memberships.get(asked.person_id)
        if member is None or member.state == "left":
            return None, None
        return asked, member


class StopPage:
    """No more letters of a kind; the page offers the way back."""

    def __init__(self, app: App, resume: Other) -> None:
        self._app = app
        self._resume = resume

    async def show(self, subject: str, _: Translate) -> Shown | None:
        """What would end."""
        kind, mark = _letter(subject)
        async with self._app.database.begin() as store:
            if await store.letters.has_refused(mark, kind):
                return self._stopped(subject, _)
        ends = {
            "code": _("Shall I send no more codes to this address?"),
            "question": _(
                "Shall I send you no more questions by mail? They go to your deputy or to the "
                "secretariat then."
            ),
        }
        return Shown(text=ends[kind], button=_("No more mails"))

    async def act(self, subject: str, _: Translate) -> Shown | None:
        """At once: what waits is looked at again before it leaves."""
        kind, mark = _letter(subject)
        async with self._app.database.begin() as store:
            if await store.letters.refuse(mark, kind, self._app.clock.now()):
                await _tell_desks(self._app, store, kind, mark, is_over=True)
        return self._stopped(subject, _)

    def _stopped(self, subject: str, _: Translate) -> Shown:
        text = _("Good. No more such mails come to this address.")
        return Shown(text=text, button=_("Send them again"), other=self._resume(subject))


class ResumePage:
    """Letters of a kind again."""

    def __init__(self, app: App, stop: Other) -> None:
        self._app = app
        self._stop = stop

    async def show(self, subject: str, _: Translate) -> Shown | None:
        """What would begin."""
        return Shown(
            text=_("Shall I send such mails to this address again?"), button=_("Send them again")
        )

    async def act(self, subject: str, _: Translate) -> Shown | None:
        """At once."""
        kind, mark = _letter(subject)
        async with self._app.database.begin() as store:
            if await store.letters.allow(mark, kind):
                await _tell_desks(self._app, store, kind, mark, is_over=False)
        text = _("Good. Such mails come to this address again.")
        return Shown(text=text, button=_("No more mails"), other=self._stop(subject))


def _used(member: Membership, _: Translate) -> Shown | None:
    if member.email_confirmed_at is None:
        return None
    return Shown(text=_("Your e-mail address is confirmed already."))


def _number(subject: str) -> int:
    return int(subject.partition(".")[0])


def _letter(subject: str) -> tuple[LetterKind, str]:
    kind, _, mark = subject.partition(":")
    assert kind in KINDS
    return kind, mark


async def _tell_desks(
    app: App, store: Store, kind: LetterKind, mark: str, *, is_over: bool
) -> None:
    """Who gives out questions should know which contact takes none by mail."""
    if kind != "question":
        return
    now = app.clock.now()
    name = ""
    for contact in app.library.everyone:
        if contact.email and await store.letters.mark(contact.email, now) == mark:
            name = contact.name
    if not name:
        return
    _ = translator(app.settings.language)
    text = (
        _("{name} wants no more questions by mail; deputies get them.", name=name)
        if is_over
        else _("{name} takes questions by mail again.", name=name)
    )
    # Who says no and at once yes is heard twice.
    source = f"letters:{mark[:8]}:{'stop' if is_over else 'resume'}:{now:%Y%m%d%H%M%S%f}"
    for desk in (*desks_of(app.settings), *await store.chats.desks("console")):
        await store.outbox.add(
            source, desk, Message(text=text), lane=Lane.RELAY, on_unknown="resend", now=now
        )
