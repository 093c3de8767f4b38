"""What ``insop doctor`` says of the places of the settings: desks, the server, the mail server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from bot.adapters.email.checking import LONGEST, check_server
from bot.adapters.email.mailbox import MailboxError, check_mailbox
from bot.config import EmailSettings, Settings
from bot.mail import MailError

Get = Callable[[str, dict[str, str]], Awaitable[tuple[int | None, object]]]
"""Asks an address; status and JSON, None where nothing or no JSON came."""

MANAGE_ROLES: Final = 1 << 28
ADMINISTRATOR: Final = 1 << 3
"""Bits of a role's rights; https://docs.discord.com/developers/topics/permissions"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; ``bad`` makes the command fail, ``missing`` does not."""

    state: Literal["good", "missing", "bad"]
    text: str


async def examine_places(get: Get, settings: Settings) -> list[Finding]:
    """Whether the chats and the role of the settings can be reached with the tokens there are."""
    findings: list[Finding] = []
    telegram, discord = settings.telegram, settings.discord
    if telegram.token is not None and telegram.desk_chat is not None:
        base = f"{telegram.api_url}/bot{telegram.token.get_secret_value()}"
        findings.append(await _telegram_desk(get, base, telegram.desk_chat))
    if discord.token is not None:
        headers = {"Authorization": f"Bot {discord.token.get_secret_value()}"}

        async def ask(path: str) -> tuple[int | None, object]:
            return await get(f"{discord.api_url}{path}", headers)

        for name, channel in (
            ("desk_channel", discord.desk_channel),
            ("welcome_channel", discord.welcome_channel),
        ):
            if channel is not None:
                status, answer = await ask(f"/channels/{channel}")
                shown = _field(answer, "name")
                findings.append(_place(f"Discord {name}", status, shown, "#"))
        if discord.server is not None and discord.member_role is not None:
            findings.append(await _member_role(ask, discord.server, discord.member_role))
    return findings


async def _telegram_desk(get: Get, base: str, chat_id: int) -> Finding:
    status, answer = await get(f"{base}/getChat?chat_id={chat_id}", {})
    chat = answer.get("result") if isinstance(answer, dict) else None
    shown = _field(chat, "title") or _field(chat, "first_name")
    return _place("Telegram desk_chat", status, shown, "")


def _place(name: str, status: int | None, shown: str, sign: str) -> Finding:
    if status == 200:
        return Finding(state="good", text=f"{name}: reachable ({sign}{shown or '?'}).")
    if status is None:
        return Finding(state="bad", text=f"{name}: no answer; check the network.")
    return Finding(
        state="bad",
        text=f"{name}: not reachable (status {status}). Check the number, and that the bot is "
        "there and may write.",
    )


async def _member_role(
    ask: Callable[[str], Awaitable[tuple[int | None, object]]], server: int, role_id: int
) -> Finding:
    name = "Discord member_role"
    status, found = await ask(f"/guilds/{server}/roles")
    if status != 200 or not isinstance(found, list):
        return Finding(
            state="bad", text=f"{name}: the server cannot be read (status {status}); check server."
        )
    roles: dict[str, Mapping[str, Any]] = {str(role["id"]): role for role in found}
    wanted = roles.get(str(role_id))
    if wanted is None:
        return Finding(state="bad", text=f"{name}: the server has no role of this number.")
    _, account = await ask("/users/@me")
    _, me = await ask(f"/guilds/{server}/members/{_field(account, 'id')}")
    numbers = me.get("roles", []) if isinstance(me, dict) else []
    mine = [roles[number] for number in map(str, numbers) if number in roles]
    rights = 0
    for role in (*mine, roles.get(str(server), {})):
        rights |= int(role.get("permissions", 0))
    if not rights & (MANAGE_ROLES | ADMINISTRATOR):
        return Finding(state="bad", text=f'{name}: the bot lacks the right "Manage Roles".')
    if max((int(role["position"]) for role in mine), default=0) <= int(wanted["position"]):
        return Finding(
            state="bad", text=f"{name}: move the bot's own role above it in the server's settings."
        )
    return Finding(state="good", text=f"{name}: the bot may give it ({_field(wanted, 'name')}).")


async def examine_mail(settings: EmailSettings) -> Finding:
    """Whether letters can leave: the connection and the log-in, without sending any."""
    if settings.transport == "console":
        return Finding(
            state="missing",
            text="Mail: printed here, not sent. Set [email] transport and host to send it.",
        )
    place = f"{settings.host}:{settings.port}"
    try:
        await check_server(settings)
    except MailError as error:
        return Finding(state="bad", text=f"Mail: {place}: {error}.")
    return Finding(state="good", text=f"Mail: {place} takes letters ({settings.security}).")


async def examine_mailbox(settings: Settings) -> Finding:
    """Whether answers by e-mail can be read."""
    mailbox = settings.mailbox
    if mailbox.host is None:
        return Finding(
            state="missing",
            text="Mailbox: none, so contacts are not written to. Set [mailbox] host to let them "
            "answer by e-mail.",
        )
    place = f"{mailbox.host}:{mailbox.port}"
    quick = mailbox.model_copy(update={"timeout": min(mailbox.timeout, LONGEST)})
    try:
        await asyncio.to_thread(check_mailbox, quick)
    except MailboxError as error:
        reason = str(error) if error.is_refused else f"not reachable ({error})"
        return Finding(state="bad", text=f"Mailbox: {place}: {reason}.")
    if settings.email.transport == "console":
        return Finding(
            state="missing",
            text=f"Mailbox: {place} can be read, but questions to contacts are only printed here.",
        )
    return Finding(state="good", text=f"Mailbox: {place}, {mailbox.folder} can be read.")


def _field(answer: object, name: str) -> str:
    return str(answer.get(name, "")) if isinstance(answer, Mapping) else ""
