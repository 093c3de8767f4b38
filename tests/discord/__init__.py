"""The Discord adapter: behaviour in simcord, the wire against a loopback server."""
