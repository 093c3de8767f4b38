"""Databases on the PostgreSQL server of this test run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from benchmarks.postgres import Server

_numbers = count(1)


@pytest.fixture
def new_postgres(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes an empty database each time; skips where no server can be had."""
    server: Server = request.getfixturevalue("postgres")
    return lambda: server.create(f"operations{next(_numbers)}")
