"""Titles found by their beginnings, in every script."""

from __future__ import annotations

from functools import cache

import pytest

from handlers.titles import begun
from knowledge.loader import FOLDER, load
from knowledge.model import Collection


@cache
def collection() -> Collection:
    return load(FOLDER)


@pytest.mark.parametrize(
    ("typed", "language", "article"),
    [
        ("lea", "en", "lead"),
        ("cadm", "en", "lower-cadmium-in-crops"),
        ("Свин", "ru", "lead"),
        ("رصا", "ar", "lead"),
        ("铅", "zh", "lead"),
        ("echant", "fr", "garden-sampling-steps"),
    ],
)
def test_a_beginning_finds_the_title(typed: str, language: str, article: str) -> None:
    found = begun(collection().articles.values(), typed, language)
    assert article in [each.id for each in found]


@pytest.mark.parametrize("typed", ["", "  ", "?!", "ead", "qqq"])
def test_nothing_fits_nothing(typed: str) -> None:
    assert begun(collection().articles.values(), typed, "en") == []
