"""A PostgreSQL server of one's own, for tests and benchmarks, gone afterwards.

Takes Debian's binaries, those on the path, or those of the ``pgserver`` package. PostgreSQL
refuses to run as root: then the server runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class NoPostgres(Exception):
    """No server can be had here; the message says why."""


class Server:
    """``url`` of the ``postgres`` database; it can be killed and started again."""

    def __init__(
        self, binaries: Path, folder: Path, user: str | None, *, is_durable: bool = True
    ) -> None:
        self._binaries = binaries
        self._options = () if is_durable else ("-c", "fsync=off")
        self._folder = folder
        self._user: dict[str, Any] = {} if user is None else {"user": user, "extra_groups": []}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()

    def url(self, database: str = "postgres") -> str:
        """For SQLAlchemy."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self._binaries / "postgres"),
                    *("-D", str(self._folder / "data"), "-k", str(self._folder)),
                    *("-h", "127.0.0.1", "-p", str(self.port), "-c", "max_connections=100"),
                    *self._options,
                ],
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd=self._folder,
                **self._user,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until a connection is taken."""
        import psycopg

        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url().replace("+psycopg", ""), connect_timeout=2).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline or self._process is None or self._process.poll():
                    raise NoPostgres(f"the server does not start: {error}") from error
                time.sleep(0.05)
            else:
                return

    def stop(self, *, is_crash: bool = False) -> None:
        """Stop it; ``is_crash`` without any farewell."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if is_crash else signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def create(self, name: str) -> str:
        """A new empty database; returns its URL."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)


@contextmanager
def temporary_postgres(*, is_durable: bool = True) -> Iterator[Server]:
    """A running server; raises ``NoPostgres`` where none can be had.

    Tests do without ``is_durable``: nobody cuts their power.
    """
    binaries = _binaries()
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="insop-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        account: dict[str, Any] = {} if user is None else {"user": user, "extra_groups": []}
        made = subprocess.run(
            [
                str(binaries / "initdb"),
                *("-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8"),
                "--no-sync",
            ],
            capture_output=True,
            cwd=folder,
            check=False,
            **account,
        )
        if made.returncode:
            raise NoPostgres(f"initdb fails: {made.stderr.decode(errors='replace')[-300:]}")
        server = Server(binaries, folder, user, is_durable=is_durable)
        server.start()
        try:
            yield server
        finally:
            server.stop(is_crash=True)
    except PermissionError as error:
        raise NoPostgres(f"the server's binaries cannot be used: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/postgres")))
    on_path = shutil.which("postgres")
    if on_path:
        found.append(on_path)
    if found:
        return Path(found[-1]).resolve().parent
    try:
        import pgserver
    except ImportError as error:
        raise NoPostgres("no PostgreSQL here: neither Debian's nor the pgserver package") from error
    return Path(pgserver.__file__).parent / "pginstall" / "bin"


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and there is no other account")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
