"""Cutting the fonts of the drawings: what drawings write stays, the rest goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTCollection, TTFont

from knowledge.drawing.lettering import FONT_FILES, Script
from knowledge.drawing.subsetting import main


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> dict[Script, set[int]]:
    """The code points of both results, cut from fonts in the places of Debian's packages."""
    full = tmp_path_factory.mktemp("fonts")
    for name in ("NotoSans", "NotoSansArabic"):
        place = full / "truetype" / "noto" / f"{name}-Bold.ttf"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FONT_FILES["alphabet"], place)
    (full / "opentype" / "noto").mkdir(parents=True)
    collection = TTCollection()
    # Debian's has the simplified face in the third place; the others must not be taken.
    collection.fonts = [TTFont(FONT_FILES["alphabet"])] * 2 + [TTFont(FONT_FILES["han"])]
    collection.save(full / "opentype" / "noto" / "NotoSansCJK-Bold.ttc")
    collection.close()
    targets: dict[Script, Path] = {"alphabet": full / "a.ttf", "han": full / "h.otf"}
    main(str(full), targets)
    return {script: letters_of(path) for script, path in targets.items()}


def letters_of(path: Path) -> set[int]:
    """The code points that a font can write."""
    with TTFont(path) as font:
        return set(font["cmap"].getBestCmap())


@pytest.mark.parametrize("text", ["Lead 120 mg/kg", "Ñandú çà œuvre", "Свинец ёж", "الرصاص في"])
def test_letters_of_our_alphabets_are_kept(cut: dict[Script, set[int]], text: str) -> None:
    assert {ord(sign) for sign in text} <= cut["alphabet"]


def test_chinese_has_its_characters_and_signs_of_full_width(cut: dict[Script, set[int]]) -> None:
    assert {ord(sign) for sign in "土壤污染，（铅）120"} <= cut["han"]


def test_what_no_drawing_writes_is_gone(cut: dict[Script, set[int]]) -> None:
    assert ord("土") not in cut["alphabet"]
    assert ord("я") not in cut["han"]
    assert not any(0x370 <= code <= 0x3FF for code in cut["alphabet"]), "Greek"


def test_the_fonts_that_came_along_were_made_so(cut: dict[Script, set[int]]) -> None:
    """``make fonts`` would lose nothing of what the present files have."""
    for script, path in FONT_FILES.items():
        missing = letters_of(path) - cut[script]
        assert len(missing) < 40, sorted(map(chr, missing))
