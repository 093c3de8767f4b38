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
