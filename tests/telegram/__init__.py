"""The Telegram adapter against a server of our own on the loopback."""
