"""What Telegram shows of the bot: command menus and descriptions, by language and scope.

Compared with what stands there already and set only where it differs, because ``setMy…`` calls
are limited far more strictly than messages. Failures are logged; the bot works without menus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import structlog
from telegram.error import TelegramError

from bot.adapters.telegram.api import Call, TelegramApi
from bot.chat.cleaning import clean_line
from bot.chat.routes import CommandSpec, Presentation
from bot.chat.turn import Role

_log = structlog.get_logger(__name__)

_NAME: Final = re.compile(r"[a-z0-9_]{1,32}")
_COMMANDS_LIMIT: Final = 100
_DESCRIPTION_LIMIT: Final = 256
_DEFAULT: Final = "en"
_TEXTS: Final = (
    ("setMyDescription", "getMyDescription", "description", 512),
    ("setMyShortDescription", "getMyShortDescription", "short_description", 120),
)


class Menus:
    """``desk_chat`` is the secretariat's chat, whose menu also holds its own commands."""

    def __init__(
        self, api: TelegramApi, presentation: Presentation, *, desk_chat: int | None = None
    ) -> None:
        self._api = api
        self._presentation = presentation
        self._desk_chat = desk_chat

    async def synchronise(self) -> None:
        """Bring Telegram up to date. Never raises a ``TelegramError``."""
        changed = 0
        for read, write, key, value in [*self._commands(), *self._texts()]:
            try:
                changed += await self._set_if_changed(read, write, key, value)
            except TelegramError as error:
                _log.warning(
                    "telegram.menus.failed", method=write.method, error=type(error).__name__
                )
        _log.info("telegram.menus.ready", changed=changed)

    async def _set_if_changed(self, read: Call, write: Call, key: str | None, value: Any) -> bool:
        present = await self._api.call(read)
        if (present if key is None else present.get(key, "")) == value:
            return False
        await self._api.call(write)
        return True

    def _commands(self) -> Iterator[tuple[Call, Call, None, Any]]:
        for scope, specs in self._scopes():
            for language in _languages(spec.descriptions for spec in specs):
                menu = [_entry(spec, language) for spec in specs][:_COMMANDS_LIMIT]
                where = {"scope": scope, **_code(language)}
                yield (
                    Call(method="getMyCommands", parameters=where),
                    Call(method="setMyCommands", parameters={"commands": menu, **where}),
                    None,
                    menu,
                )

    def _scopes(self) -> Iterator[tuple[dict[str, Any], list[CommandSpec]]]:
        """core.telegram.org/bots/api#botcommandscope: the narrowest that fits is shown."""
        specs = [spec for spec in self._presentation.commands if _NAME.fullmatch(spec.name)]
        public = [spec for spec in specs if spec.role <= Role.MEMBER]
        yield {"type": "all_private_chats"}, public
        yield {"type": "all_group_chats"}, [spec for spec in public if spec.is_in_groups]
        if self._desk_chat is not None:
            desk = [spec for spec in specs if spec.role <= Role.SECRETARIAT and spec.is_in_groups]
            yield {"type": "chat", "chat_id": self._desk_chat}, desk

    def _texts(self) -> Iterator[tuple[Call, Call, str, str]]:
        by_key = {
            "description": self._presentation.description,
            "short_description": self._presentation.short_description,
        }
        for write, read, key, limit in _TEXTS:
            for language in _languages([by_key[key]]):
                text = by_key[key][language].strip()[:limit]
                code = _code(language)
                yield (
                    Call(method=read, parameters=code),
                    Call(method=write, parameters={key: text, **code}),
                    key,
                    text,
                )


def _languages(texts: Any) -> list[str]:
    """All languages of the texts, English (which is also the default) first."""
    found = {language for by_language in texts for language in by_language}
    return sorted(found, key=lambda language: (language != _DEFAULT, language))


def _code(language: str) -> dict[str, str]:
    """English stands for everybody whose language has no menu of its own."""
    return {} if language == _DEFAULT else {"language_code": language}


def _entry(spec: CommandSpec, language: str) -> dict[str, str]:
    described: Mapping[str, str] = spec.descriptions
    words = described.get(language) or described.get(_DEFAULT) or spec.name
    return {"command": spec.name, "description": clean_line(words, _DESCRIPTION_LIMIT)}
