"""Settings: what ``config.toml`` and the environment say, checked as a whole.

Nothing is read at import. ``load`` raises ``ConfigError`` with every fault at once: the file, the
key, what is wrong and how to mend it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from rapidfuzz import process

from bot.config_base import Section as _Section
from bot.config_members import EmailSettings, MembershipSettings, RetentionSettings
from knowledge.model import LANGUAGES

DEFAULT_PATH: Final = Path("config.toml")
ENVIRONMENT_PREFIX: Final = "INSOP_"


class ConfigError(Exception):
    """The settings cannot be used; ``faults`` holds one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


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

    token: SecretStr | None = None
    token_file: str | None = None
    api_url: HttpUrl = "https://api.telegram.org"
    file_url: HttpUrl = "https://api.telegram.org/file"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: HttpUrl | None = None
    webhook_host: str = "127.0.0.1"
    webhook_port: int = Field(default=8443, ge=1, le=65535)
    webhook_secret: SecretStr | None = None
    webhook_secret_file: str | None = None
    desk_chat: int | None = None
    desk_topic: int | None = None
    rate_per_second: float = Field(default=30.0, gt=0, le=10_000)
    set_commands: bool = True
    quiet_after: float = Field(default=120.0, gt=0)

    @model_validator(mode="after")
    def _webhook_is_complete(self) -> TelegramSettings:
        if self.mode == "webhook":
            if self.webhook_url is None:
                raise ValueError(
                    'mode = "webhook" needs webhook_url; set it, or use mode = "polling"'
                )
            if self.webhook_secret is None:
                raise ValueError(
                    'mode = "webhook" needs a secret token; '
                    "set INSOP_TELEGRAM_WEBHOOK_SECRET or webhook_secret_file"
                )
        if self.desk_topic is not None and self.desk_chat is None:
            raise ValueError("desk_topic needs desk_chat")
        return self


class DiscordSettings(_Section):
    """``token`` comes from INSOP_DISCORD_TOKEN or ``token_file``; without one, no Discord."""

    token: SecretStr | None = None
    token_file: str | None = None
    api_url: HttpUrl = "https://discord.com/api/v10"
    gateway_url: str | None = None
    desk_channel: int | None = None
    sync_commands: bool = True
    rate_per_second: float = Field(default=45.0, gt=0, le=10_000)


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


class Settings(_Section):
    """All settings. Times in seconds, zones by IANA name, languages by ISO 639-1 code."""

    language: Language = "en"
    zone: Zone = "Europe/Rome"
    knowledge_dir: str | None = None
    join_form_url: HttpUrl | None = None
    database: DatabaseSettings = DatabaseSettings()
    telegram: TelegramSettings = TelegramSettings()
    discord: DiscordSettings = DiscordSettings()
    roles: RoleSettings = RoleSettings()
    limits: LimitSettings = LimitSettings()
    membership: MembershipSettings = MembershipSettings()
    email: EmailSettings = EmailSettings()
    retention: RetentionSettings = RetentionSettings()
    answering: AnsweringSettings = AnsweringSettings()
    log: LogSettings = LogSettings()


_SECRETS: Final = {
    "TELEGRAM_TOKEN": ("telegram", "token"),
    "TELEGRAM_WEBHOOK_SECRET": ("telegram", "webhook_secret"),
    "DISCORD_TOKEN": ("discord", "token"),
    "EMAIL_PASSWORD": ("email", "password"),
    "DATABASE_URL": ("database", "url"),
}
"""Environment variables (after ``INSOP_``) and the keys that they set."""

_SECRET_FILES: Final = (
    ("telegram", "token_file", "token"),
    ("telegram", "webhook_secret_file", "webhook_secret"),
    ("discord", "token_file", "token"),
    ("email", "password_file", "password"),
)
_NEVER_IN_FILE: Final = (
    ("telegram", "token"),
    ("telegram", "webhook_secret"),
    ("discord", "token"),
    ("email", "password"),
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
        value = environment.get(ENVIRONMENT_PREFIX + suffix)
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
    if fault["type"] == "extra_forbidden":
        near = process.extractOne(key, _keys_of(place[:-1]), score_cutoff=60)
        hint = f"did you mean {near[0]!r}?" if near else "config.example.toml lists all keys"
        return f"{name}: {section}{key}: unknown key; {hint}"
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
