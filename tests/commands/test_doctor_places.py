"""What ``insop doctor`` says of desks, the role of members, and the mail server."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import AuthResult
from pydantic import SecretStr

from bot.commands.doctor import examine
from bot.commands.doctor_places import MANAGE_ROLES, Finding, examine_mail
from bot.config import DiscordSettings, EmailSettings, Settings
from tests.commands.test_doctor import about, settings
from tests.telegram.loopback.server import TOKEN, LoopbackServer

SERVER, ROLE, OWN, CHANNEL = 11, 22, 33, 44


class Discord:
    """What the bot may read of a server; ``rights`` and ``positions`` are its roles'."""

    def __init__(self) -> None:
        self.rights = MANAGE_ROLES
        self.positions = {ROLE: 1, OWN: 2}
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        roles = [
            {"id": str(key), "name": "INSOP member", "position": place, "permissions": "0"}
            for key, place in self.positions.items()
        ]
        roles[-1]["permissions"] = str(self.rights)
        known: dict[str, Any] = {
            "/users/@me": {"id": "7", "username": "insop"},
            f"/channels/{CHANNEL}": {"id": str(CHANNEL), "name": "welcome"},
            f"/guilds/{SERVER}/roles": roles,
            f"/guilds/{SERVER}/members/7": {"roles": [str(OWN)]},
        }
        found = known.get(request.path)
        return web.json_response(found or {"code": 10003}, status=200 if found else 404)


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    discord = Discord()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", discord.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    discord.url = site.name
    yield discord
    await runner.cleanup()


async def looked_at(tmp_path: Path, discord: Discord, **values: Any) -> list[Finding]:
    given = DiscordSettings(api_url=discord.url, token=SecretStr("a-token"), **values)
    whole: Settings = settings(tmp_path, discord.url).model_copy(update={"discord": given})
    return await examine(whole)


async def test_the_telegram_desk_is_reachable_or_not(tmp_path: Path) -> None:
    async with LoopbackServer() as server:
        group = server.group("Secretariat")
        for number, state in ((group.id, "good"), (-5, "bad")):
            given = settings(tmp_path, server.url, telegram=TOKEN)
            telegram = given.telegram.model_copy(update={"desk_chat": number})
            findings = await examine(given.model_copy(update={"telegram": telegram}))
            assert about(findings, "Telegram desk_chat").state == state
            assert TOKEN not in about(findings, "Telegram desk_chat").text


async def test_channels_are_reachable_or_not(tmp_path: Path, discord: Discord) -> None:
    findings = await looked_at(tmp_path, discord, welcome_channel=CHANNEL, desk_channel=5)
    assert "#welcome" in about(findings, "Discord welcome_channel").text
    assert "status 404" in about(findings, "Discord desk_channel").text


async def test_the_role_of_members_can_be_given_or_not(tmp_path: Path, discord: Discord) -> None:
    async def say() -> str:
        findings = await looked_at(tmp_path, discord, server=SERVER, member_role=ROLE)
        return about(findings, "Discord member_role").text

    assert "may give it (INSOP member)" in await say()
    discord.positions = {ROLE: 3, OWN: 2}
    assert "move the bot's own role above it" in await say()
    discord.rights = 0
    assert "Manage Roles" in await say()
    discord.positions = {OWN: 2}
    assert "no role of this number" in await say()


@pytest.fixture
def postbox() -> Iterator[Controller]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == b"right")

    # Without TLS a password is not taken; that the log-in is tried is seen by its refusal.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, authenticator=check)
    controller.start()
    yield controller
    controller.stop()


async def test_the_mail_server_is_asked_without_sending(postbox: Controller) -> None:
    given = EmailSettings(
        transport="smtp", host="127.0.0.1", port=postbox.port, security="none", timeout=5
    )
    assert (await examine_mail(given)).state == "good"
    refused = given.model_copy(update={"security": "starttls"})
    assert (await examine_mail(refused)).state == "bad"
    gone = given.model_copy(update={"port": 1})
    finding = await examine_mail(gone)
    assert (finding.state, "not reachable" in finding.text) == ("bad", True)
    assert (await examine_mail(EmailSettings())).state == "missing"
