"""Discord, on discord.py: DMs, mentions, slash commands, buttons, selects and modals."""
