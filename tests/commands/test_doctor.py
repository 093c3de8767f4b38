"""``insop doctor``: what is set up, reachable, missing, in one line each and without secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.commands.doctor import Finding, examine
from bot.config import DatabaseSettings, DiscordSettings, Settings, TelegramSettings
from bot.store import Database
from bot.store.migrating import upgrade
from tests.telegram.loopback.server import TOKEN, LoopbackServer


def settings(
    tmp_path: Path, url: str, *, telegram: str | None = None, discord: str | None = None
) -> Settings:
    return Settings(
        database=DatabaseSettings(url=SecretStr(f"sqlite:///{tmp_path / 'insop.db'}")),
        telegram=TelegramSettings(
            api_url=url, token=None if telegram is None else SecretStr(telegram)
        ),
        discord=DiscordSettings(api_url=url, token=None if discord is None else SecretStr(discord)),
    )


def about(findings: list[Finding], name: str) -> Finding:
    (found,) = [each for each in findings if each.text.startswith(name)]
    return found


@pytest.fixture
async def page() -> AsyncIterator[str]:
    """The address of a server that answers everything with a page."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="<html>Sign in</html>", content_type="text/html")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield site.name
    await runner.cleanup()


async def test_a_fresh_folder_is_no_fault(tmp_path: Path) -> None:
    findings = await examine(settings(tmp_path, "http://127.0.0.1:1"))
    assert [each.text for each in findings if each.state == "bad"] == []
    assert "insop db upgrade" in about(findings, "Database").text
    assert about(findings, "Telegram").state == "missing"
    assert about(findings, "Discord").state == "missing"
    assert not (tmp_path / "insop.db").exists()


async def test_what_works_is_named(tmp_path: Path) -> None:
    async with LoopbackServer() as server:
        chosen = settings(tmp_path, server.url, telegram=TOKEN)
        async with Database(chosen.database.url.get_secret_value()) as database:
            await upgrade(database)
        findings = await examine(chosen)
    assert "reachable as @" in about(findings, "Telegram").text
    assert {each.state for each in findings if each.text.startswith(("Database", "Know"))} == {
        "good"
    }


async def test_refused_tokens_are_told_and_not_shown(tmp_path: Path) -> None:
    async with LoopbackServer() as server:
        findings = await examine(settings(tmp_path, server.url, telegram="1:no", discord="no-one"))
    for name in ("Telegram", "Discord"):
        found = about(findings, name)
        assert found.state == "bad"
        assert "the token is refused" in found.text
        assert f"INSOP_{name.upper()}_TOKEN" in found.text
    assert not any("1:no" in each.text or "no-one" in each.text for each in findings)


async def test_an_answer_of_somebody_else_is_told(tmp_path: Path, page: str) -> None:
    findings = await examine(settings(tmp_path, page, telegram="1:a", discord="b"))
    for name in ("Telegram", "Discord"):
        assert "something else answers there" in about(findings, name).text


async def test_what_cannot_be_reached_is_told(tmp_path: Path) -> None:
    findings = await examine(settings(tmp_path, "http://127.0.0.1:1", telegram="1:a", discord="b"))
    for name in ("Telegram", "Discord"):
        assert "not reachable" in about(findings, name).text
