"""Fetches a calendar from the web: bounded in time and size, and not from our own network."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from bot.calendar.ics_lines import MOST_BYTES

TIMEOUT: Final = aiohttp.ClientTimeout(total=60.0, connect=10.0)
REDIRECTS: Final = 5
_HEADERS: Final = {"Accept": "text/calendar, */*;q=0.1", "User-Agent": "INSOP assistant"}


class FetchError(Exception):
    """The calendar could not be fetched; one plain sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """``data`` is None where nothing has changed since ``etag``."""

    data: bytes | None
    etag: str | None


class _Private(OSError):
    """The address belongs to a private network."""


class _GuardedResolver(AbstractResolver):
    """Names that lead into a private network lead nowhere; asked anew for each connection."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        if not all(_is_public(each["host"]) for each in found):
            raise _Private(host)
        return found

    async def close(self) -> None:
        await self._resolver.close()


def tidy_url(url: str) -> str:
    """With https where it says webcal; raises ``FetchError`` for what is no web address."""
    parts = urlsplit(url.strip())
    scheme = {"webcal": "https", "webcals": "https"}.get(parts.scheme.lower(), parts.scheme)
    if scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError("This is not a web address; it should begin with https:// or webcal://.")
    if parts.username or parts.password:
        raise FetchError("An address with a name or password in it is not fetched.")
    return urlunsplit((scheme.lower(), parts.netloc, parts.path or "/", parts.query, ""))


async def fetch(url: str, *, etag: str | None = None, allows_private: bool = False) -> Fetched:
    """The file at ``url``; raises ``FetchError``."""
    resolver = None if allows_private else _GuardedResolver()
    connector = aiohttp.TCPConnector(resolver=resolver) if resolver else aiohttp.TCPConnector()
    headers = {**_HEADERS, "If-None-Match": etag} if etag else _HEADERS
    try:
        async with aiohttp.ClientSession(
            connector=connector, timeout=TIMEOUT, headers=headers
        ) as session:
            return await _follow(session, tidy_url(url), allows_private)
    except (_Private, aiohttp.ClientConnectorError) as error:
        if isinstance(error, _Private) or isinstance(error.__cause__, _Private):
            raise _private() from error
        raise FetchError("The server of this calendar cannot be reached.") from error
    except TimeoutError as error:
        raise FetchError("The server of this calendar takes too long to answer.") from error
    except (aiohttp.ClientError, ValueError, OSError) as error:
        raise FetchError("The server of this calendar cannot be understood.") from error


async def _follow(session: aiohttp.ClientSession, url: str, allows_private: bool) -> Fetched:
    for _ in range(REDIRECTS + 1):
        host = urlsplit(url).hostname or ""
        if not allows_private and _is_number(host) and not _is_public(host):
            raise _private()
        async with session.get(url, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308):
                url = tidy_url(urljoin(url, response.headers.get("Location", "")))
                continue
            if response.status == 304:
                return Fetched(data=None, etag=None)
            if response.status != 200:
                raise FetchError(f"The server of this calendar answers {response.status}.")
            return Fetched(
                data=await _body(response), etag=response.headers.get("ETag", "")[:200] or None
            )
    raise FetchError("The address of this calendar leads from one place to the next without end.")


async def _body(response: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(64 * 1024):
        size += len(part)
        if size > MOST_BYTES:
            most = MOST_BYTES >> 20
            raise FetchError(f"The calendar is larger than {most} MB, the most that is read.")
        parts.append(part)
    return b"".join(parts)


def _private() -> FetchError:
    return FetchError(
        "This address lies in a private network. If that is right, set "
        "allow_private_addresses = true in [events]."
    )


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(address: Any) -> bool:
    found = ipaddress.ip_address(str(address).partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)
