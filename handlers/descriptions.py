"""Short texts in all languages at once, for menus that a platform shows by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.chat.turn import Translate
from knowledge.model import LANGUAGES

Translators = Callable[[str], Translate]


def in_all(translators: Translators, text: str) -> Mapping[str, str]:
    """``text`` by language, from the catalogues."""
    return {language: translators(language)(text) for language in LANGUAGES}
