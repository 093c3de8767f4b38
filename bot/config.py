"""Settings: what ``config.toml`` and the environment say, checked as a whole.

Nothing is read at import. ``load`` raises ``ConfigError`` with every fault at once: the file, the
key, what is wrong and how to mend it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, SecretStr, ValidationError
from rapidfuzz import process

from bot.chat.events import ConversationRef
from bot.config_announcements import AnnouncementSettings
from bot.config_base import Section as _Section
from bot.config_events import EventSettings
from bot.config_mailbox import MailboxSettings
from bot.config_members import EmailSettings, MembershipSettings, RetentionSettings
from bot.config_operations import AlertSettings, BackupSettings, WebSettings
from bot.config_sections import (
    AnsweringSettings,
    DatabaseSettings,
    DiscordSettings,
    Folder,
    HttpUrl,
    Language,
    LimitSettings,
    LogSettings,
    RoleSettings,
    TelegramSettings,
    Zone,
)

DEFAULT_PATH: Final = Path("config.toml")
ENVIRONMENT_PREFIX: Final = "INSOP_"


class ConfigError(Exception):
    """The settings cannot be used; ``faults`` holds one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(_Section):
    """All settings. Times in seconds, zones by IANA name, languages by ISO 639-1 code."""

    language: Language = "en"
    zone: Zone = "Europe/Rome"
    knowledge_dir: Folder | None = None
    own_articles_dir: Folder | None = None
    join_form_url: HttpUrl | None = None
    database: DatabaseSettings = DatabaseSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    roles: RoleSettings = RoleSettings()
    limits: LimitSettings = LimitSettings()
    membership: MembershipSettings = MembershipSettings()
    email: EmailSettings = EmailSettings()
    mailbox: MailboxSettings = MailboxSettings()
    announcements: AnnouncementSettings = AnnouncementSettings()
    events: EventSettings = EventSettings()
    retention: RetentionSettings = RetentionSettings()
    answering: AnsweringSettings = AnsweringSettings()
    web: WebSettings = WebSettings()
    alerts: AlertSettings = AlertSettings()
    backup: BackupSettings = BackupSettings()
    log: LogSettings = LogSettings()

    @property
    def welcome_chat(self) -> ConversationRef | None:
        """Where people who come are greeted."""
        if self.discord.welcome_channel is None:
            return None
        return ConversationRef(
            platform="discord", chat_id=str(self.discord.welcome_channel), is_private=False
        )


_SECRETS: Final = {
    "TELEGRAM_TOKEN": ("telegram", "token"),
    "TELEGRAM_WEBHOOK_SECRET": ("telegram", "webhook_secret"),
    "DISCORD_TOKEN": ("discord", "token"),
    "EMAIL_PASSWORD": ("email", "password"),
    "MAILBOX_PASSWORD": ("mailbox", "password"),
    "DATABASE_URL": ("database", "url"),
}
"""Environment variables (after ``INSOP_``) and the keys that they set."""

_SECRET_FILES: Final = (
    ("telegram", "token_file", "token"),
    ("telegram", "webhook_secret_file", "webhook_secret"),
    ("discord", "token_file", "token"),
    ("email", "password_file", "password"),
    ("mailbox", "password_file", "password"),
)
_NEVER_IN_FILE: Final = (
    ("telegram", "token"),
    ("telegram", "webhook_secret"),
    ("discord", "token"),
    ("email", "password"),
    ("mailbox", "password"),
)


def load(path: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of ``path`` (``config.toml`` if it is there) and of the environment.

    Raises ``ConfigError``: a named file that is missing, broken TOML, unknown keys, wrong types,
    values out of range, impossible combinations.
    """
    environment = os.environ if environment is None else environment
    data, name = _read_file(path)
    faults = [
        f"{name}: [{section}] {key}: a secret does not belong in this file; "
        f"use {key}_file, or the environment variable {_variable(section, key)}"
        for section, key in _NEVER_IN_FILE
        if key in _section(data, section)
    ]
    _apply_secrets(data, name, environment, faults)
    try:
        settings = Settings.model_validate(_tuples(data))
    except ValidationError as error:
        faults += [_describe(name, fault) for fault in error.errors()]
        raise ConfigError(faults) from None
    if faults:
        raise ConfigError(faults)
    return settings


def _read_file(path: Path | None) -> tuple[dict[str, Any], str]:
    if path is None:
        if not DEFAULT_PATH.exists():
            return {}, str(DEFAULT_PATH)
        path = DEFAULT_PATH
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")), str(path)
    except FileNotFoundError:
        raise ConfigError(
            [f"{path}: there is no such file; copy config.example.toml to it"]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: not valid TOML: {error}"]) from None


def _section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = data.get(name, {})
    return section if isinstance(section, dict) else {}


def _variable(section: str, key: str) -> str:
    return f"{ENVIRONMENT_PREFIX}{section}_{key}".upper()


def _apply_secrets(
    data: dict[str, Any], name: str, environment: Mapping[str, str], faults: list[str]
) -> None:
    for section, file_key, key in _SECRET_FILES:
        file = _section(data, section).get(file_key)
        if isinstance(file, str):
            try:
                secret = Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{name}: [{section}] {file_key}: cannot be read: {error}")
            else:
                data[section][key] = SecretStr(secret)
    for suffix, (section, key) in _SECRETS.items():
        value = environment.get(ENVIRONMENT_PREFIX + suffix, "").strip()
        if value and isinstance(data.setdefault(section, {}), dict):
            data[section][key] = SecretStr(value)
    if isinstance(_section(data, "database").get("url"), str):
        data["database"]["url"] = SecretStr(data["database"]["url"])


def _tuples(value: Any) -> Any:
    """TOML's arrays as the tuples that frozen settings hold."""
    if isinstance(value, dict):
        return {key: _tuples(part) for key, part in value.items()}
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value


def _describe(name: str, fault: Any) -> str:
    place = [str(part) for part in fault["loc"]]
    section = f"[{'.'.join(place[:-1])}] " if len(place) > 1 else ""
    key = place[-1] if place else "the file"
    if len(place) == 1 and _keys_of(place):
        key = f"[{key}]"
    if fault["type"] == "extra_forbidden":
        near = process.extractOne(key, _keys_of(place[:-1]), score_cutoff=60)
        hint = f"did you mean {near[0]!r}?" if near else "config.example.toml lists all keys"
        return f"{name}: {section}{key}: unknown key; {hint}"
    if fault["type"] in ("model_type", "model_attributes_type"):
        return f"{name}: {key}: is a section; write {key} on a line of its own, its keys below"
    if fault["type"] == "tuple_type":
        return f'{name}: {section}{key}: must be a list, written like ["one", "two"]'
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{name}: {section}{key}: {message[0].lower()}{message[1:]}"


def _keys_of(place: list[str]) -> list[str]:
    model: type[BaseModel] = Settings
    for part in place:
        kind = model.model_fields[part].annotation if part in model.model_fields else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        model = kind
    return list(model.model_fields)


__all__ = [
    "AnsweringSettings",
    "ConfigError",
    "DatabaseSettings",
    "DiscordSettings",
    "EmailSettings",
    "EventSettings",
    "LimitSettings",
    "LogSettings",
    "MailboxSettings",
    "MembershipSettings",
    "RetentionSettings",
    "RoleSettings",
    "Settings",
    "TelegramSettings",
    "load",
]
