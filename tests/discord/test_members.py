"""The role of members, and people who come to the server, in simcord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest
import simcord

from bot.adapters.discord.adapter import build_client
from bot.adapters.discord.client import AssistantClient
from bot.adapters.discord.roles import MemberRole
from bot.chat.errors import Ambiguous, RateLimited, RecipientGone, Undeliverable
from bot.chat.events import MemberJoined
from bot.chat.messages import Message
from bot.clock import SystemClock
from bot.config import DiscordSettings
from tests.discord.doubles import (
    PRESENTATION,
    DirectCourier,
    ListInbox,
    ScriptedCore,
    settings,
)

SERVER = 123456789012345678


class Place:
    """The network's server with a role, a channel and Ana."""

    def __init__(self, env: simcord.Env, client: AssistantClient, core: ScriptedCore) -> None:
        self.env = env
        self.client = client
        self.core = core
        self.guild = env.create_guild("Soil people", id=SERVER, preferred_locale="fr")
        self.channel = self.guild.create_text_channel("welcome")
        self.role = self.guild.create_role("INSOP member")
        self.ana = self.guild.add_member(env.create_user("ana", global_name="Ana"))

    def bearer(self, *, server: int = SERVER, role: int | None = None) -> MemberRole:
        number = self.role.id if role is None else role
        return MemberRole(self.client, self.client.sending, server=server, role=number)

    def has_role(self) -> bool:
        member = self.env.backend.get_member(SERVER, self.ana.user.id)
        return self.role.id in member.role_ids


async def make_place(values: DiscordSettings) -> AsyncIterator[Place]:
    core = ScriptedCore()
    client = build_client(
        values,
        PRESENTATION,
        core,
        courier=DirectCourier(),
        inbox=ListInbox(),
        clock=SystemClock(),
    )
    env = simcord.Env(client)
    await env.start()
    place = Place(env, client, core)
    await env.settle()
    try:
        yield place
    finally:
        await env.shutdown()


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    async for each in make_place(settings(token="never-used")):
        yield each


async def test_the_role_is_given_and_taken_twice_without_harm(place: Place) -> None:
    ana = str(place.ana.user.id)
    for _ in range(2):
        await place.bearer().set_badge(ana, is_held=True)
        assert place.has_role()
    for _ in range(2):
        await place.bearer().set_badge(ana, is_held=False)
        assert not place.has_role()


async def test_somebody_who_is_not_there_is_no_refusal(place: Place) -> None:
    stranger = place.env.create_user("ben")
    for account in (str(stranger.id), "console-ana"):
        with pytest.raises(RecipientGone):
            await place.bearer().set_badge(account, is_held=True)


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, 50013, "lacks a right"),
        (403, 50001, "not on the server"),
        (404, 10011, "role of the settings"),
        (404, 10004, "server of the settings"),
    ],
)
async def test_a_refusal_has_a_reason_for_the_secretariat(
    place: Place, status: int, code: int, words: str
) -> None:
    place.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=status, code=code)
    with pytest.raises(Undeliverable, match=words):
        await place.bearer().set_badge(str(place.ana.user.id), is_held=True)


async def test_what_may_pass_is_told_as_such(place: Place) -> None:
    for status, error in ((503, Ambiguous), (429, RateLimited)):
        place.env.inject_error("PUT", "/guilds/*/members/*/roles/*", status=status)
        with pytest.raises(error):
            await place.bearer().set_badge(str(place.ana.user.id), is_held=True)


async def test_who_comes_is_greeted_only_where_it_is_set_up(place: Place) -> None:
    place.guild.add_member(place.env.create_user("ben", global_name="Ben"))
    await place.env.settle()
    assert not [each for each in place.core.events if isinstance(each, MemberJoined)]
    assert not place.client.intents.members


async def test_who_comes_is_told_to_the_core_and_greeted_in_the_channel() -> None:
    # The channel's number is known only once there is one.
    values = settings(token="never-used", server=SERVER, welcome_channel=1, welcome_new=True)
    async for place in make_place(values):
        assert place.client.intents.members
        place.core.events.clear()
        place.core.reply = Message(text="Welcome, Ben.")
        other = place.env.create_guild("Elsewhere")
        ben = place.env.create_user("ben", global_name="Ben")
        other.add_member(ben)
        place.guild.add_member(place.env.create_user("robot", bot=True))
        place.guild.add_member(ben)
        await place.env.settle()
        (event,) = [each for each in place.core.events if isinstance(each, MemberJoined)]
        assert (event.author.name, event.author.locale) == ("Ben", "fr")
        assert (event.conversation.chat_id, event.conversation.is_private) == ("1", False)
        assert not event.is_bot_itself


def test_only_what_is_used_is_asked_for() -> None:
    from bot.adapters.discord.client import intents

    assert not intents().members
    assert intents(with_members=True).members
    assert isinstance(intents(), discord.Intents)
