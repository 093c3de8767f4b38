"""``insop doctor``: what is set up, what is reachable, what is missing."""

from __future__ import annotations

import argparse
import asyncio
import json
from functools import partial
from typing import Final

import aiohttp

from bot.app import build_library, desks_of
from bot.commands.doctor_operations import examine_operations, is_unmade
from bot.commands.doctor_places import Finding, examine_mail, examine_mailbox, examine_places
from bot.config import Settings
from bot.store.database import HEAD, Database, DatabaseError, async_url

TIMEOUT: Final = aiohttp.ClientTimeout(total=8)
"""Seconds for one platform to answer."""

_SIGNS: Final = {"good": "✓", "missing": "–", "bad": "✗"}


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the report; 1 where something that is set up does not work."""
    findings = asyncio.run(examine(settings))
    for finding in findings:
        print(f"{_SIGNS[finding.state]} {finding.text}")
    return 1 if any(finding.state == "bad" for finding in findings) else 0


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; touches the network only for platforms that have a token."""
    findings = [await _database(settings), *_knowledge(settings)]
    async with aiohttp.ClientSession(timeout=TIMEOUT) as session:
        findings.append(await _telegram(session, settings))
        findings.append(await _discord(session, settings))
        findings += await examine_places(partial(_get, session), settings)
    findings.append(_desk(settings))
    findings += await examine_operations(settings)
    findings.append(await examine_mail(settings.email))
    findings.append(await examine_mailbox(settings))
    return findings


async def _database(settings: Settings) -> Finding:
    try:
        url = async_url(settings.database.url.get_secret_value())
        place = url.render_as_string(hide_password=True)
        current = None
        if not is_unmade(url):
            async with Database(settings.database.url.get_secret_value()) as database:
                current = await database.revision()
    except DatabaseError as error:
        return Finding(state="bad", text=str(error))
    if current == HEAD:
        return Finding(state="good", text=f"Database: {place}, at migration {HEAD}.")
    if current is None:
        return Finding(
            state="missing",
            text=f"Database: {place} is empty; insop chat and insop run make its tables, "
            "or: insop db upgrade",
        )
    return Finding(
        state="bad",
        text=f"Database: {place} is at {current}, this release needs {HEAD}. Run: insop db upgrade",
    )


def _knowledge(settings: Settings) -> list[Finding]:
    collection = build_library(settings).collection
    findings = [
        Finding(state="bad", text=f"Knowledge: {problem}") for problem in collection.problems
    ]
    if not collection.articles:
        findings.append(Finding(state="bad", text="Knowledge: there is no article to answer from."))
    else:
        count = len(collection.articles)
        findings.append(Finding(state="good", text=f"Knowledge: {count} articles."))
    return findings


async def _telegram(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    token = settings.telegram.token
    if token is None:
        return Finding(
            state="missing",
            text="Telegram: no token. Get one from @BotFather and set INSOP_TELEGRAM_TOKEN.",
        )
    url = f"{settings.telegram.api_url}/bot{token.get_secret_value()}/getMe"
    status, answer = await _get(session, url, {})
    if status == 200 and isinstance(answer, dict) and answer.get("ok"):
        name = answer.get("result", {}).get("username", "?")
        return Finding(
            state="good", text=f"Telegram: reachable as @{name} ({settings.telegram.mode})."
        )
    return Finding(state="bad", text=f"Telegram: {_trouble(status, 'INSOP_TELEGRAM_TOKEN')}")


async def _discord(session: aiohttp.ClientSession, settings: Settings) -> Finding:
    token = settings.discord.token
    if token is None:
        return Finding(
            state="missing",
            text="Discord: no token. Make an application on Discord's developer page and set "
            "INSOP_DISCORD_TOKEN.",
        )
    headers = {"Authorization": f"Bot {token.get_secret_value()}"}
    status, answer = await _get(session, f"{settings.discord.api_url}/users/@me", headers)
    if status == 200 and isinstance(answer, dict):
        return Finding(state="good", text=f"Discord: reachable as {answer.get('username', '?')}.")
    return Finding(state="bad", text=f"Discord: {_trouble(status, 'INSOP_DISCORD_TOKEN')}")


def _desk(settings: Settings) -> Finding:
    desks = desks_of(settings)
    if desks:
        names = ", ".join(desk.platform for desk in desks)
        return Finding(state="good", text=f"Desk: questions for people are shown on {names}.")
    return Finding(
        state="missing",
        text="Desk: none. Questions for people are stored, and shown in a terminal with: "
        "insop chat --role secretariat. Set [telegram] desk_chat or [discord] desk_channel.",
    )


async def _get(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> tuple[int | None, object]:
    """Status, None where nothing answered, and JSON, None where the answer is none.

    Never show ``url``: it may hold a token.
    """
    try:
        async with session.get(url, headers=headers) as response:
            text = await response.text(errors="replace")
            try:
                return response.status, json.loads(text)
            except ValueError:
                return response.status, None
    except (aiohttp.ClientError, TimeoutError, ValueError, OSError):
        return None, None


def _trouble(status: int | None, variable: str) -> str:
    if status is None:
        return "not reachable from here; check the network and the API address."
    if status in (401, 403, 404):
        return f"the token is refused (status {status}); check {variable} and the API address."
    if status == 200:
        return "something else answers there; check the API address."
    return f"answers with status {status}; try again later."
