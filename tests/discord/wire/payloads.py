"""Objects as Discord sends them, with the keys that its clients rely on."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any, Final

BOT_ID: Final = 900000000000000001
APPLICATION_ID: Final = 900000000000000002
TOKEN: Final = "wire.token"

_numbers = itertools.count(1)
_EPOCH_MS: Final = 1_420_070_400_000


def snowflake() -> int:
    """A new id, made now. https://docs.discord.com/developers/reference#snowflakes"""
    ms = int(datetime.now(UTC).timestamp() * 1000) - _EPOCH_MS
    return (ms << 22) | (next(_numbers) % 4096)


def user(user_id: int, name: str, *, is_bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id),
        "username": name.lower(),
        "global_name": name,
        "discriminator": "0",
        "avatar": None,
        "bot": is_bot,
    }


def bot_user() -> dict[str, Any]:
    return user(BOT_ID, "Insop", is_bot=True)


def application() -> dict[str, Any]:
    return {
        "id": str(APPLICATION_ID),
        "name": "Insop",
        "icon": None,
        "description": "",
        "rpc_origins": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(900000000000000003, "Owner"),
        "verify_key": "00",
        "team": None,
        "flags": 0,
    }


def message(
    channel_id: int, author: dict[str, Any], body: dict[str, Any], files: list[dict[str, Any]]
) -> dict[str, Any]:
    now = datetime.now(UTC).isoformat()
    return {
        "id": str(snowflake()),
        "channel_id": str(channel_id),
        "author": author,
        "content": body.get("content") or "",
        "timestamp": now,
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": files,
        "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or []],
        "components": body.get("components") or [],
        "flags": body.get("flags", 0),
        "pinned": False,
        "type": 0,
    }


def dm_channel(channel_id: int, recipient: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(channel_id),
        "type": 1,
        "last_message_id": None,
        "recipients": [recipient],
    }


def text_channel(channel_id: int) -> dict[str, Any]:
    return {
        "id": str(channel_id),
        "type": 0,
        "name": "lobby",
        "position": 0,
        "permission_overwrites": [],
        "topic": None,
        "nsfw": False,
        "parent_id": None,
        "last_message_id": None,
    }


def guild(guild_id: int, channel_id: int) -> dict[str, Any]:
    everyone = {
        "id": str(guild_id),
        "name": "@everyone",
        "permissions": str(1 << 10 | 1 << 11),
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }
    member = {
        "user": bot_user(),
        "roles": [],
        "joined_at": "2026-05-01T10:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
    }
    return {
        "id": str(guild_id),
        "name": "Soil people",
        "owner_id": "900000000000000003",
        "roles": [everyone],
        "emojis": [],
        "stickers": [],
        "features": [],
        "channels": [text_channel(channel_id)],
        "threads": [],
        "members": [member],
        "member_count": 2,
        "large": False,
        "voice_states": [],
        "presences": [],
        "system_channel_id": None,
        "preferred_locale": "en-US",
        "premium_tier": 0,
        "nsfw_level": 0,
        "verification_level": 0,
        "explicit_content_filter": 0,
        "default_message_notifications": 0,
        "mfa_level": 0,
        "afk_timeout": 300,
        "system_channel_flags": 0,
    }
