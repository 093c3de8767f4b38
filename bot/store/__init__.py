"""Tables and one repository each, on SQLite or PostgreSQL, behind one unit of work."""

from bot.store.database import Database
from bot.store.unit import Store

__all__ = ["Database", "Store"]
