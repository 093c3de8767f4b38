"""Cuts Noto Sans down to the letters that drawings need: ``make fonts`` (development only).

The full fonts are those of Debian's fonts-noto-core and fonts-noto-cjk. Latin, Cyrillic and Arabic
are kept in the blocks that our languages use and merged into one file; of Chinese, the characters
of our own texts are kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fontTools import merge, subset

from knowledge.drawing.lettering import FONT_FILES, Script

ROOT: Final = Path(__file__).resolve().parents[2]
OFTEN: Final = 3
"""A character that the articles use so often is kept; those of labels are kept in any case."""

_SIGNS: Final = ((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x2026), (0x2030, 0x2030))
_LATIN: Final = ((0x100, 0x17F), (0x400, 0x45F), (0x2066, 0x2069), (0x2264, 0x2265))
_ARABIC: Final = ((0x60C, 0x60C), (0x61B, 0x61F), (0x621, 0x652))
_FULL_WIDTH: Final = ((0x3000, 0x3011), (0xFF01, 0xFF5E))
_SIMPLIFIED: Final = 2
"""The face in Debian's collection of Chinese, Japanese and Korean faces."""


def main(folder: str, targets: Mapping[Script, Path] = FONT_FILES) -> None:
    """Write the two files; ``folder`` holds Debian's ``truetype`` and ``opentype``."""
    full = Path(folder)
    with tempfile.TemporaryDirectory() as place:
        parts = [Path(place) / "latin.ttf", Path(place) / "arabic.ttf"]
        _cut(full / "truetype/noto/NotoSans-Bold.ttf", _letters(*_SIGNS, *_LATIN), parts[0])
        _cut(full / "truetype/noto/NotoSansArabic-Bold.ttf", _letters(*_ARABIC), parts[1])
        merge.Merger().merge([str(part) for part in parts]).save(targets["alphabet"])
    han = full / "opentype/noto/NotoSansCJK-Bold.ttc"
    _cut(han, _letters(*_SIGNS, *_FULL_WIDTH) + _han(), targets["han"], _SIMPLIFIED)


def _cut(source: Path, text: str, target: Path, face: int = -1) -> None:
    options = subset.Options(
        font_number=face, hinting=False, notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 6, 13]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    with subset.load_font(str(source), options) as font:
        cutter.subset(font)
        subset.save_font(font, str(target), options)


def _letters(*ranges: tuple[int, int]) -> str:
    return "".join(chr(code) for first, last in ranges for code in range(first, last + 1))


def _han() -> str:
    read = (path.read_text("utf-8") for path in (ROOT / "knowledge/articles/zh").glob("*.md"))
    counted = Counter(character for text in read for character in text)
    kept = {character for character, count in counted.items() if count >= OFTEN}
    labels = [
        *(ROOT / "knowledge/pictures").glob("*.toml"),
        *(ROOT / "bot/locales/zh").rglob("*.po"),
        ROOT / "knowledge/substances.toml",
        ROOT / "knowledge/drawing/han.txt",
    ]
    kept.update(*(path.read_text("utf-8") for path in labels))
    return "".join(sorted(each for each in kept if "\u2e80" <= each <= "\u9fff"))


if __name__ == "__main__":
    main(sys.argv[1])
