"""Everything about membership in the table of routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.messages import Button, Message
from bot.chat.routes import Routes
from bot.chat.turn import Handler, Reply, Turn
from bot.config import Settings
from handlers.confirm import Confirm
from handlers.consenting import Consenting
from handlers.descriptions import Translators
from handlers.greeting import Greeting
from handlers.join import Join
from handlers.leaving import Leaving
from handlers.link import Link
from handlers.members import Members
from handlers.menu import GO
from handlers.preferred import Preferred
from handlers.privacy import Privacy
from handlers.profile import Profile
from handlers.start import Start
from handlers.vetting import Vetting
from handlers.welcome import Welcome


def add_membership(
    routes: Routes,
    start: Start,
    settings: Settings,
    desks: Sequence[ConversationRef],
    translators: Translators,
) -> dict[str, Handler]:
    """Register, with the deep links; returns the pages that menus lead to."""
    rules = settings.membership
    vetting = Vetting(desks, translators)
    greeting = Greeting(settings.welcome_chat, start, translators)
    routes.joined = greeting.joined
    confirm = Confirm(rules, vetting, translators)
    join = Join(rules, settings.join_form_url, Welcome(confirm, vetting), translators)
    preferred = Preferred()
    consenting = Consenting(rules)
    profile = Profile(rules, confirm, preferred, consenting, translators)
    leaving = Leaving(rules, settings.retention, translators)
    privacy = Privacy(settings.retention, translators)
    link = Link(rules, preferred, consenting, translators)
    members = Members(rules, vetting, translators)
    own = (join, confirm, profile, preferred, consenting, leaving, privacy, link)
    for part in (*own, greeting, members, vetting):
        part.add_to(routes)
    start.deep_links |= {"join": join.join, "me": profile.me, "link": link.start}
    return {"join": join.join, "me": profile.me, "privacy": privacy.privacy}


def inviting(page: Handler) -> Handler:
    """The page with a button to join."""

    async def with_button(turn: Turn) -> Reply:
        reply = await page(turn)
        label = turn._("Join the network")
        button = Button(label=label, action=Action(GO, "join"), style="primary")
        return replace(reply, rows=((button,), *reply.rows)) if type(reply) is Message else reply

    return with_button
