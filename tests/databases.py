"""Which database a test runs on: SQLite, unless it asks for PostgreSQL or for both in turn.

A test asks by a mark (``@on_both``, ``pytestmark = on_postgres``); a folder, by a fixture ``url``
of its own. PostgreSQL is a server of this test run, where one can be had.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Final

import pytest

from benchmarks.postgres import Server

BOTH: Final = ("sqlite", "postgres")

on_both: Final = pytest.mark.parametrize("url", BOTH, indirect=True)
"""For tests that use ``url``, if only through ``database``."""
on_postgres: Final = pytest.mark.parametrize("url", ["postgres"], indirect=True)

_numbers = count(1)


def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a new one, of the kind that the fixture's parameter names."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'insop.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.create(f"insop{next(_numbers)}")
