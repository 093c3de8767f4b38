"""Telegram, on python-telegram-bot over an aiohttp request class.

Of the library we use ``Bot`` (requests, types, errors) and not ``Application``: updates are
committed to the inbox before they count as received, and pacing is the courier's work.
"""
