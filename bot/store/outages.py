"""What an unreachable, full or locked database raises: worth waiting for, not worth dying of."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy import exc

OUTAGES: Final[tuple[type[Exception], ...]] = (
    exc.OperationalError,
    exc.InterfaceError,
    exc.InternalError,
    exc.TimeoutError,
    exc.ResourceClosedError,
    exc.PendingRollbackError,
    sqlite3.OperationalError,
    OSError,
)
"""A mistake in a statement (``ProgrammingError``, ``IntegrityError``) is not among them."""
