"""Detection: six languages by script and little words, two of them in Latin letters."""

from __future__ import annotations

import pytest

from knowledge.language import LanguageDetector, detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("how do i test my soil", "en"),
        ("comment analyser mon sol", "fr"),
        ("como tomo una muestra", "es"),
        ("как взять пробу", "ru"),
        ("كيف آخذ عينة", "ar"),
        ("如何采集土壤样品 pH", "zh"),
        ("limites de plomo", "es"),
        ("plomb potager", "fr"),
        ("lead limits", "en"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text, default="zh").language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [("kak vzyat probu pochvy", "ru"), ("kayf a5od 3ayyina min elturba", "ar")],
)
def test_latin_spelling_of_russian_and_arabic(text: str, language: str) -> None:
    detection = detect_language(text)
    assert (detection.language, detection.is_transliterated) == (language, True)


@pytest.mark.parametrize("text", ["", "🙂", "\ud800", "123"])
def test_nothing_to_go_by_gives_the_default(text: str) -> None:
    detection = detect_language(text, default="fr")
    assert (detection.language, detection.confidence) == ("fr", 0.0)


def test_the_knowledge_base_adds_words() -> None:
    detector = LanguageDetector({"es": {"hectarea"}})
    assert detector.detect("hectarea").language == "es"


@pytest.mark.parametrize(
    "text",
    ["Ana", "I am Ana", "hello Ana", "Ana Perez", "Maria da Silva", "My name is Ivan", "Sam Ali"],
)
def test_a_name_is_no_other_language(text: str) -> None:
    assert detect_language(text).language == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [("kak mne byt", "ru"), ("gde vy", "ru"), ("fi el ard rasas", "ar"), ("salam Ana", "ar")],
)
def test_short_words_of_russian_and_arabic_count_together(text: str, language: str) -> None:
    assert detect_language(text).language == language


@pytest.mark.parametrize(
    "text", ["arid land", "arid soil and salt", "mesh size", "men in the sad field"]
)
def test_an_english_word_is_not_taken_for_arabic_or_russian(text: str) -> None:
    assert detect_language(text).language == "en"


def test_a_word_of_ones_own_language_is_not_taken_for_arabic() -> None:
    """Turba is peat in Spanish, and soil in Arabic."""
    detector = LanguageDetector({"es": {"turba"}})
    assert detector.detect("turba", default="es").language == "es"
    assert detector.detect("turba", default="en").language == "ar"
