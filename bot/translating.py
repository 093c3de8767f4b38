"""Interface texts in the reader's language, from gettext catalogues in ``bot/locales``.

English is written in the code and needs no catalogue. A catalogue is read when the first person
needs it and compiled in memory, so that no compiled files have to be kept in step.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path
from typing import Final

from bot.chat.markup import Raw, escape
from bot.chat.turn import Translate
from knowledge.model import LANGUAGES

FOLDER: Final = Path(__file__).parent / "locales"
DOMAIN: Final = "insop"
RIGHT_TO_LEFT: Final = frozenset({"ar"})


class Catalogue:
    """``Translate`` in one language."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self._translations = translations

    def __call__(self, text: str, /, **values: object) -> str:
        """``text`` in this language; ``{name}`` stands for an escaped value."""
        return _fill(self._translations.gettext(text), values)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form of ``one``/``many`` that ``count`` takes; ``{count}`` is filled in."""
        text = self._translations.ngettext(one, many, count)
        return _fill(text, {"count": count, **values})


@cache
def translator(language: str) -> Translate:
    """The texts of a language; English for one that has no catalogue."""
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language == "en" or not path.exists():
        return Catalogue(language if language in LANGUAGES else "en", gettext.NullTranslations())
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Catalogue(language, gettext.GNUTranslations(compiled))


def supported(locale: str | None) -> str | None:
    """The language of a platform's locale (``pt-BR``, ``zh-CN``), if it is one of ours."""
    if not locale:
        return None
    language = locale.replace("_", "-").split("-")[0].lower()
    return language if language in LANGUAGES else None


def direction(language: str) -> str:
    """``rtl`` for Arabic, else ``ltr``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _fill(text: str, values: dict[str, object]) -> str:
    if not values:
        return text
    return text.format_map(
        {
            name: value if isinstance(value, Raw) else escape(str(value))
            for name, value in values.items()
        }
    )
