"""The catalogues: whole, with placeholders and markup as in English, and within all limits."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po

from bot.chat.messages import Button
from bot.translating import DOMAIN, FOLDER, translator
from handlers.limit_words import LAND_NAMES
from handlers.menu import menu
from tests.stage import Stage

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCES: Final = ("bot", "handlers")
TRANSLATED: Final = ("fr", "es", "ar", "ru", "zh")
BUTTON_LIMIT: Final = 30
"""Characters of a button that are read at a glance; held where the English keeps to it."""
MENU_LIMIT: Final = 100
"""Description of a command and of its option (Discord)."""
ARABIC_WITHOUT_NUMBER: Final = 3
"""The Arabic forms of none, one and two say the number in words."""

PLACEHOLDER: Final = re.compile(r"\{\w*\}")
COMMAND: Final = re.compile(r"(?<![\w.])/[a-z]+\b(?!/)")
UNITS: Final = re.compile(r"mg/kg|ppm")
BUTTONS: Final = frozenset({"Button", "LinkButton"})

each_language = pytest.mark.parametrize("language", TRANSLATED)


@cache
def keywords() -> dict[str, Any]:
    """What marks a text, as the Makefile says."""
    named = re.findall(r"-k (\S+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert named
    return {**DEFAULT_KEYWORDS, **parse_keywords(named)}


@cache
def template() -> Catalog:
    """All texts of the code, extracted now."""
    catalogue = Catalog()
    for folder in SOURCES:
        found = extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=keywords()
        )
        for _file, _line, text, _comments, context in found:
            catalogue.add(text, context=context)
    return catalogue


@cache
def catalogue_of(language: str) -> Catalog:
    path = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue_of(language) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """English beside each translation there is; a plural's forms beside the English plural.

    A form for one may go without its number where English does ("every day").
    """
    for message in messages(language):
        for index, form in enumerate(forms(message.string)):
            if not form:
                continue
            english = forms(message.id)[-1]
            if index == 0 and "{count}" not in form + forms(message.id)[0]:
                english = forms(message.id)[0]
            if language == "ar" and len(forms(message.id)) > 1 and index < ARABIC_WITHOUT_NUMBER:
                form += "" if "{count}" in form else "{count}"
            yield english, form


def indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    called = node.func
                    yield path, node, getattr(called, "attr", getattr(called, "id", ""))


def spoken(call: ast.Call, name: str) -> tuple[str, ...]:
    """The texts that a call marks for translation."""
    if name not in keywords():
        return ()
    count = 2 if name == "plural" else 1
    given = [each.value for each in call.args[:count] if isinstance(each, ast.Constant)]
    return tuple(each for each in given if isinstance(each, str))


def labels() -> set[str]:
    """The English texts of buttons."""
    rows = menu(translator("en"))
    found = {part.label for row in rows for part in row if isinstance(part, Button)}
    found |= set(LAND_NAMES.values())
    for _path, call, name in calls():
        if name in BUTTONS:
            for keyword in call.keywords:
                if keyword.arg == "label":
                    for node in ast.walk(keyword.value):
                        if isinstance(node, ast.Call):
                            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                            found |= set(spoken(node, called))
    return found


@each_language
def test_every_text_is_translated(language: str) -> None:
    known = {forms(message.id): forms(message.string) for message in messages(language)}
    missing = [
        forms(message.id)[0]
        for message in template()
        if message.id and not all(known.get(forms(message.id), ("",)))
    ]
    assert missing == [], "make messages, then translate"


@each_language
def test_texts_that_extraction_does_not_see_are_translated_too(language: str) -> None:
    """Babel reads no f-strings: a text inside one has to be moved out, or is lost at an update."""
    seen = {form for message in template() for form in forms(message.id)}
    known = seen | {
        form
        for message in messages(language)
        if all(forms(message.string))
        for form in forms(message.id)
    }
    lost = {
        f"{path.relative_to(ROOT)}:{call.lineno}: {text}"
        for path, call, name in calls()
        for text in spoken(call, name)
        if text not in known
    }
    assert lost == set()


@each_language
def test_plural_forms_are_complete(language: str) -> None:
    count = catalogue_of(language).num_plurals
    assert count == Catalog(locale=language).num_plurals
    for message in messages(language):
        if message.pluralizable:
            assert len(forms(message.string)) == count, message.id
            assert all(forms(message.string)), message.id


@each_language
def test_nothing_is_fuzzy_and_the_header_is_filled_in(language: str) -> None:
    catalogue = catalogue_of(language)
    assert not catalogue.fuzzy
    assert not [message.id for message in messages(language) if message.fuzzy]
    headers = dict(catalogue.mime_headers)
    assert headers["Project-Id-Version"].strip() == "insop-assistant"
    assert headers["Last-Translator"] == "machine translation"
    assert headers["Language"] == language
    assert headers["Plural-Forms"] == Catalog(locale=language).plural_forms
    text = " ".join([catalogue.header_comment, *headers.values()])
    assert not re.search(r"@|PROJECT|ORGANIZATION|FIRST AUTHOR|FULL NAME|LL@li", text)


@each_language
def test_placeholders_commands_and_units_stay(language: str) -> None:
    for english, translated in pairs(language):
        for pattern in (PLACEHOLDER, COMMAND, UNITS):
            assert Counter(pattern.findall(translated)) == Counter(pattern.findall(english)), (
                translated
            )


@each_language
def test_markup_and_lines_stay(language: str) -> None:
    for english, translated in pairs(language):
        assert translated.count("**") == english.count("**"), translated
        assert translated.count("*") == english.count("*"), translated
        assert english.replace(english.strip(), translated.strip()) == translated
        theirs, ours = english.split("\n"), translated.split("\n")
        assert [line[:2] == "- " for line in ours] == [line[:2] == "- " for line in theirs]
        assert [indent(line) for line in ours] == [indent(line) for line in theirs]
        assert [bool(line) for line in ours] == [bool(line) for line in theirs]


@each_language
def test_the_tone_is_calm(language: str) -> None:
    for _english, translated in pairs(language):
        assert not set("!！¡") & set(translated), translated


@each_language
def test_buttons_are_short(language: str) -> None:
    _ = translator(language)
    english = {label for label in labels() if len(label) <= BUTTON_LIMIT}
    assert len(english) > 10
    assert not {_(label) for label in english if len(_(label)) > BUTTON_LIMIT}


def test_menus_and_profiles_keep_to_the_limits_of_the_platforms(stage: Stage) -> None:
    shown = stage.app.presentation
    for texts, limit in (
        (shown.description, 512),
        (shown.short_description, 120),
        (shown.ask_menu, 32),
        *((command.descriptions, MENU_LIMIT) for command in shown.commands),
        *((command.option_hints, MENU_LIMIT) for command in shown.commands if command.option),
    ):
        assert set(texts) == {"en", *TRANSLATED}
        for language, text in texts.items():
            assert 0 < len(text) <= limit, (language, text)
            assert language == "en" or text != texts["en"]


@each_language
def test_the_assistant_speaks_from_the_catalogue(language: str) -> None:
    _ = translator(language)
    assert _.language == language
    for message in messages(language):
        if isinstance(message.id, str):
            assert _(message.id) == (message.string or message.id)
    assert _("Hello {name}. What would you like to know about soil pollution?", name="*Ana*") != (
        "Hello \\*Ana\\*. What would you like to know about soil pollution?"
    )
    assert "\\*Ana\\*" in _(
        "Hello {name}. What would you like to know about soil pollution?", name="*Ana*"
    )


def questions(language: str, count: int) -> str:
    return translator(language).plural("{count} open question", "{count} open questions", count)


def test_arabic_has_six_forms() -> None:
    shown = {count: questions("ar", count) for count in (0, 1, 2, 5, 11, 100)}
    assert len({re.sub(r"\d+", "#", text) for text in shown.values()}) == 6
    assert all(str(count) in shown[count] for count in (5, 11, 100))
    assert questions("ar", 103) == shown[5].replace("5", "103")
    assert questions("ar", 99) == shown[11].replace("11", "99")
    assert questions("ar", 102) == shown[100].replace("100", "102")


@pytest.mark.parametrize(
    ("language", "groups"),
    [
        ("fr", [(0, 1), (2, 5)]),
        ("es", [(1,), (0, 2, 21)]),
        ("ru", [(1, 21, 101), (2, 34), (0, 5, 11, 12, 111)]),
        ("zh", [(0, 1, 2, 100)]),
    ],
)
def test_the_other_languages_count_by_their_rules(
    language: str, groups: list[tuple[int, ...]]
) -> None:
    endings = [
        {questions(language, count).replace(str(count), "#") for count in group} for group in groups
    ]
    assert all(len(ending) == 1 for ending in endings)
    assert len(set().union(*endings)) == len(groups)
