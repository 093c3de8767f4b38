"""The sections of the settings, each with its keys, defaults and rules."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bot.config_base import Section as _Section
from knowledge.model import LANGUAGES


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"{name!r} is not an IANA time zone; write one like Europe/Rome"
        ) from error
    return name


def _known_language(name: str) -> str:
    if name not in LANGUAGES:
        raise ValueError(f"{name!r} is not one of {', '.join(LANGUAGES)}")
    return name


def _http_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError(f"{value!r} must begin with http:// or https://")
    return value.rstrip("/")


def _gateway_url(value: str) -> str:
    if not value.startswith(("ws://", "wss://")):
        raise ValueError(f"{value!r} must begin with wss://")
    return value


def _folder(value: str) -> str:
    if not Path(value).is_dir():
        raise ValueError(f"{value!r} is not a folder; the default comes along with the program")
    return value


def _token(value: SecretStr) -> SecretStr:
    if not re.fullmatch("[!-~]+", value.get_secret_value()):
        raise ValueError("is empty, or holds spaces or signs that no token has; copy it again")
    return value


Token = Annotated[SecretStr, AfterValidator(_token)]
GatewayUrl = Annotated[str, AfterValidator(_gateway_url)]
Folder = Annotated[str, AfterValidator(_folder)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Language = Annotated[str, AfterValidator(_known_language)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]


class DatabaseSettings(_Section):
    """Where the tables are; an SQLAlchemy URL of SQLite or PostgreSQL."""

    url: SecretStr = SecretStr("sqlite:///var/insop.db")

    @model_validator(mode="after")
    def _is_known(self) -> DatabaseSettings:
        url = self.url.get_secret_value()
        if not url.startswith(("sqlite:", "postgresql:", "postgresql+psycopg:")):
            raise ValueError("url must begin with sqlite:/// or postgresql://")
        return self


class TelegramSettings(_Section):
    """``token`` comes from INSOP_TELEGRAM_TOKEN or ``token_file``; without one, no Telegram."""

    token: Token | None = None
    token_file: str | None = None
    api_url: HttpUrl = "https://api.telegram.org"
    file_url: HttpUrl = "https://api.telegram.org/file"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: HttpUrl | None = None
    webhook_secret: SecretStr | None = None
    webhook_secret_file: str | None = None
    desk_chat: int | None = None
    desk_topic: int | None = None
    rate_per_second: float = Field(default=30.0, gt=0, le=10_000)
    set_commands: bool = True
    quiet_after: float = Field(default=120.0, gt=0)

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> TelegramSettings:
        faults = []
        if self.mode == "webhook" and self.webhook_url is None:
            faults.append('mode = "webhook" needs webhook_url; set it, or use mode = "polling"')
        if self.mode == "webhook" and self.webhook_secret is None:
            faults.append(
                'mode = "webhook" needs a secret token; '
                "set INSOP_TELEGRAM_WEBHOOK_SECRET or webhook_secret_file"
            )
        if self.desk_topic is not None and self.desk_chat is None:
            faults.append("desk_topic needs desk_chat")
        if faults:
            raise ValueError(", and ".join(faults))
        return self


class DiscordSettings(_Section):
    """``token`` comes from INSOP_DISCORD_TOKEN or ``token_file``; without one, no Discord."""

    token: Token | None = None
    token_file: str | None = None
    api_url: HttpUrl = "https://discord.com/api/v10"
    gateway_url: GatewayUrl | None = None
    desk_channel: int | None = None
    server: int | None = None
    member_role: int | None = None
    welcome_channel: int | None = None
    welcome_new: bool = False
    sync_commands: bool = True
    rate_per_second: float = Field(default=45.0, gt=0, le=10_000)

    @model_validator(mode="after")
    def _belongs_together(self) -> DiscordSettings:
        if self.member_role is not None and self.server is None:
            raise ValueError("member_role needs server, the number of the server that has the role")
        if self.welcome_new and (self.welcome_channel is None or self.server is None):
            raise ValueError("welcome_new needs server and welcome_channel")
        return self


class RoleSettings(_Section):
    """Accounts with rights, each ``"telegram:123"``, ``"discord:456"`` or ``"console:name"``."""

    admins: tuple[str, ...] = ()
    secretariat: tuple[str, ...] = ()
    experts: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _accounts_are_whole(self) -> RoleSettings:
        for account in (*self.admins, *self.secretariat, *self.experts):
            platform, colon, identity = account.partition(":")
            if platform not in ("telegram", "discord", "console") or not colon or not identity:
                raise ValueError(f'{account!r} is not an account; write one like "telegram:123456"')
        return self


class LimitSettings(_Section):
    """How much one person may ask before being told to wait."""

    messages_per_minute: int = Field(default=20, ge=1)
    burst: int = Field(default=8, ge=1)
    group_cooldown_seconds: float = Field(default=3.0, ge=0)


class AnsweringSettings(_Section):
    """``answer_at`` and ``suggest_at`` replace the calibrated thresholds where they are set."""

    answer_at: float | None = Field(default=None, ge=0, le=1)
    suggest_at: float | None = Field(default=None, ge=0, le=1)
    semantic_model: str | None = None
    cache_dir: str | None = None

    @property
    def cache_folder(self) -> Path:
        """Where the search index is kept: as set, else the person's own cache folder (XDG)."""
        if self.cache_dir is not None:
            return Path(self.cache_dir)
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return Path(base) / "insop"

    @model_validator(mode="after")
    def _are_in_order(self) -> AnsweringSettings:
        if (
            self.answer_at is not None
            and self.suggest_at is not None
            and self.suggest_at > self.answer_at
        ):
            raise ValueError("suggest_at must not be above answer_at")
        return self


class LogSettings(_Section):
    """Logs hold names and ids, never message text, contact data or tokens."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
