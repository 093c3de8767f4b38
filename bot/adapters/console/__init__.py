"""The terminal as a chat platform: `insop chat`."""

from bot.adapters.console.adapter import ConsoleAdapter

__all__ = ["ConsoleAdapter"]
