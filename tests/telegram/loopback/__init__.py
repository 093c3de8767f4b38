"""A stateful stand-in for the Bot API server: keeps chats, refuses what Telegram refuses."""
