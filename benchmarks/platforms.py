"""Adapters to measure with, and the loopback platform they send to."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from bot.chat.errors import Ambiguous, RateLimited, RecipientGone, Undeliverable, Unreachable
from bot.chat.events import ConversationRef, Event, Platform
from bot.chat.messages import Message, SentMessage
from bot.chat.ports import Capabilities
from bot.chat.turn import Dispatch, Reply

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Loopback:
    """A loopback platform in a process of its own."""

    url: str
    process: subprocess.Popen[str]

    async def get(self, session: aiohttp.ClientSession, **query: Any) -> dict[str, Any]:
        """Its statistics."""
        async with session.get(f"{self.url}/control/stats", params=query) as response:
            return dict(await response.json())

    async def set(self, session: aiohttp.ClientSession, **values: Any) -> None:
        """Change what it does."""
        async with session.post(f"{self.url}/control/set", json=values) as response:
            response.raise_for_status()


@contextmanager
def loopback(*options: str, core: int | None = None) -> Iterator[Loopback]:
    """Start one, on a core of its own where one is given, and end it."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "loopback.py"), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Loopback(f"http://127.0.0.1:{port}", process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class WireAdapter:
    """The least that sends to the loopback: one aiohttp session, no library of the platform."""

    def __init__(self, platform: Platform, url: str, *, timeout: float = 20.0) -> None:
        self.platform = platform
        self.capabilities = Capabilities(
            has_forms=False,
            has_ephemeral=False,
            can_edit=False,
            can_delete=False,
            text_limit=4096,
            attachment_limit=0,
        )
        self._url = url
        self._session: aiohttp.ClientSession | None = None
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=2)

    async def run(self, dispatch: Dispatch, stop: asyncio.Event) -> None:
        """Nothing is received."""
        await stop.wait()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def send(
        self, to: ConversationRef, message: Message, *, nonce: str | None = None
    ) -> SentMessage:
        """Send once."""
        if self.platform == "discord":
            url = f"{self._url}/discord/channels/{to.chat_id}/messages"
            body: dict[str, Any] = {"content": message.text}
            if nonce is not None:
                body |= {"nonce": nonce, "enforce_nonce": True}
        else:
            url = f"{self._url}/bot1:loopback/sendMessage"
            body = {"chat_id": int(to.chat_id), "text": message.text}
        return _sent(*await self._request("POST", url, body))

    async def find_sent(
        self, to: ConversationRef, message: Message | None, *, nonce: str, since: datetime
    ) -> SentMessage | None:
        """Look into the channel, as the adapter of Discord does."""
        url = f"{self._url}/discord/channels/{to.chat_id}/messages?since={since.timestamp()}"
        _, found = await self._request("GET", url)
        for each in found:
            if message is None:
                raise Undeliverable("other words")
            if each["content"] == message.text:
                return SentMessage(message_id=each["id"])
        return None

    async def edit(self, to: ConversationRef, message_id: str, message: Message) -> None:
        """Edit once."""
        if self.platform == "discord":
            url = f"{self._url}/discord/channels/{to.chat_id}/messages/{message_id}"
            _sent(*await self._request("PATCH", url, {"content": message.text}))
            return
        url = f"{self._url}/bot1:loopback/editMessageText"
        body = {"chat_id": int(to.chat_id), "message_id": message_id, "text": message.text}
        _sent(*await self._request("POST", url, body))

    async def delete(
        self, to: ConversationRef, message_id: str, *, instead: Message | None = None
    ) -> None:
        """Not measured."""
        raise Undeliverable("cannot delete")

    async def _request(self, method: str, url: str, body: Any = None) -> tuple[int, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, connector=aiohttp.TCPConnector(limit=512)
            )
        try:
            async with self._session.request(method, url, json=body) as response:
                data = await response.json()
                return response.status, data
        except aiohttp.ClientConnectorError as error:
            raise Unreachable("no connection") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Ambiguous(type(error).__name__) from error


def _sent(status: int, data: dict[str, Any]) -> SentMessage:
    if status == 429:
        retry_after = data.get("retry_after") or data["parameters"]["retry_after"]
        raise RateLimited(float(retry_after), is_global=bool(data.get("global")))
    if status == 403:
        raise RecipientGone("forbidden")
    if status >= 500:
        raise Ambiguous("server error")
    if status >= 400:
        raise Undeliverable("refused")
    return SentMessage(message_id=str(data["id"] if "id" in data else data["result"]["message_id"]))


async def no_reply(event: Event) -> Reply:
    """A dispatch that answers nothing."""
    return None


def telegram_adapter(url: str, *, courier: Any, inbox: Any, clock: Any) -> Any:
    """The real adapter against the loopback."""
    from pydantic import SecretStr

    from bot.adapters.telegram.adapter import TelegramAdapter
    from bot.chat.routes import Presentation
    from bot.config import TelegramSettings

    settings = TelegramSettings(
        token=SecretStr("1:loopback"), api_url=url, file_url=url, set_commands=False
    )
    nothing: dict[str, str] = {}
    presentation = Presentation(
        commands=(), short_description=nothing, description=nothing, ask_menu=nothing
    )
    return TelegramAdapter(
        settings, courier=courier, inbox=inbox, clock=clock, presentation=presentation
    )
