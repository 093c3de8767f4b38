"""Practice pictures: complete in six languages, small, readable, and of the text they belong to."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest
from PIL import Image

from knowledge.drawing.lettering import TextDoesNotFit, fit, missing, width_of, wrap
from knowledge.drawing.raster import to_png
from knowledge.front_matter import BrokenFile, parse
from knowledge.loader import FOLDER as KNOWLEDGE
from knowledge.loader import load
from knowledge.model import LANGUAGES
from knowledge.pictures import FOLDER, Pictures
from knowledge.pictures.making import LIMIT, WIDTH, BrokenPicture, keys, lettered, make

PICTURES = Pictures.load()
NAMES = sorted(PICTURES.by_name)
MADE_UP = {"lab-report": {"120", "25"}, "mix-and-bag": {"1", "5"}}
"""An invented report; "one" and "five" in the article are words."""


def test_at_least_twelve_pictures_are_complete_and_each_has_an_article() -> None:
    collection = load()
    assert PICTURES.faults == ()
    assert len(NAMES) >= 12
    used = {article.picture for article in collection.articles.values()} - {None}
    assert used == set(NAMES)
    assert not [each for each in collection.problems if "picture" in each.message]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_picture_is_small_and_can_be_shown(name: str, language: str) -> None:
    picture = PICTURES.by_name[name][language]
    data = picture.read()
    assert len(data) <= LIMIT
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        assert image.format == "PNG"
        assert image.width == WIDTH
        assert 1000 <= image.height <= 2000
    # Telegram shows 1024 characters under a picture, Discord as many as alternative text.
    assert len(picture.title + picture.alt) <= 900
    assert len(picture.alt) > (40 if language == "zh" else 100)


@pytest.mark.parametrize("name", NAMES)
def test_words_and_drawing_ask_for_the_same(name: str) -> None:
    words = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    wanted = keys(FOLDER / f"{name}.svg")
    for language in LANGUAGES:
        assert set(words[language]) - {"alt", "reviewed"} == wanted
        assert not missing("".join(words[language][key] for key in wanted))
    for key in wanted - {"value", "depth"}:
        assert len({words[language][key] for language in LANGUAGES}) >= 5, key


@pytest.mark.parametrize(("name", "language"), [(NAMES[0], "ar"), (NAMES[-1], "zh")])
def test_what_lies_rendered_is_what_the_drawing_gives(name: str, language: str) -> None:
    fresh, kept = (
        Image.open(io.BytesIO(data)).convert("L").resize((50, 50))
        for data in (make(name, language), PICTURES.by_name[name][language].read())
    )
    apart = [abs(a - b) for a, b in zip(fresh.tobytes(), kept.tobytes(), strict=True)]
    assert max(apart) < 40, "run `make pictures`"


@pytest.mark.parametrize("name", NAMES)
def test_figures_in_a_picture_stand_in_its_articles(name: str) -> None:
    texts = [each.texts["en"] for each in load().articles.values() if each.picture == name]
    said = " ".join(" ".join([text.short, *text.steps, text.body]) for text in texts)
    shown = " ".join(value for key, value in _words(name, "en").items() if key != "alt")
    figures = set(re.findall(r"\d+", shown)) - MADE_UP.get(name, set())
    assert figures <= set(re.findall(r"\d+", said))


def test_arabic_is_mirrored_and_its_letters_are_joined() -> None:
    drawing = lettered(FOLDER / "triple-rinsing.svg", _words("triple-rinsing", "ar"), "ar")
    assert 'scale(-1 1)"' in drawing
    assert "\u2067" in drawing
    assert _black("ببب") < 0.9 * 3 * _black("ب")
    # A line with figures must not fall back to boxes, which all look the same.
    assert _pixels("عمق 1–5 سم") != _pixels("بحر 1–5 مل")


def test_words_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TextDoesNotFit):
        fit("far too many words for such a small box", 100, 40, 60, 46)
    (tmp_path / "symbols.svg").write_text((FOLDER / "symbols.svg").read_text())
    (tmp_path / "x.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 100">'
        '<text x="0" y="0" data-width="900" data-height="90">{title}</text></svg>'
    )
    for words in ('[en]\ntitle = "\u0939"', '[en]\nother = "a"', '[en]\ntitle = "a a a a"\n'):
        (tmp_path / "x.toml").write_text(words, encoding="utf-8")
        if "a a" in words:
            assert make("x", "en", tmp_path).startswith(b"\x89PNG")
        else:
            with pytest.raises(BrokenPicture, match="x in en"):
                make("x", "en", tmp_path)


def test_lines_break_where_they_may() -> None:
    assert wrap("one two three", 50, width_of("one two", 50)) == ("one two", "three")
    assert wrap("洗手、洗案板", 50, width_of("洗案板、", 50)) == ("洗手、", "洗案板")


def test_an_incomplete_picture_is_left_out_and_named(tmp_path: Path) -> None:
    (tmp_path / "half.toml").write_text('[en]\ntitle = "T"\nalt = "A"\n')
    pictures = Pictures.load(tmp_path)
    assert pictures.find("half", "en") is None
    assert pictures.faults == (
        ("pictures/half.toml", "it is not rendered in en; run `make pictures`"),
    )


def test_an_article_with_an_unknown_picture_is_named(tmp_path: Path) -> None:
    source = (KNOWLEDGE / "articles/en/washing-produce.md").read_text(encoding="utf-8")
    folder = tmp_path / "articles" / "en"
    folder.mkdir(parents=True)
    (folder / "washing-produce.md").write_text(
        source.replace('picture = "washing-produce"', 'picture = "nowhere"'), encoding="utf-8"
    )
    messages = [each.message for each in load(tmp_path).problems]
    assert "picture: there is no picture 'nowhere' in all six languages" in messages
    broken = source.replace('picture = "washing-produce"', "picture = 7")
    with pytest.raises(BrokenFile, match="picture: is missing or not a text"):
        parse(broken, folder / "washing-produce.md", "en")


def _words(name: str, language: str) -> dict[str, str]:
    loaded = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return dict(loaded[language])


def _pixels(text: str) -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 100"><text x="590" y="70" '
        'font-family="Noto Sans" font-weight="700" font-size="50" text-anchor="end">'
        f"\u2067{text}\u2069</text></svg>"
    )
    with Image.open(io.BytesIO(to_png(svg, 600))) as image:
        return image.convert("L").tobytes()


def _black(text: str) -> int:
    """Columns that hold ink: joined letters take fewer than separate ones."""
    pixels = _pixels(text)
    return sum(any(pixels[x + 600 * y] < 128 for y in range(100)) for x in range(600))
