"""Letters the drawings in every language and renders them: ``make pictures``.

A drawing is an SVG file of its own. Each ``<text>`` in it holds one ``{key}`` of the words file
and says where the words may go: ``x``, ``y`` (upper left corner), ``data-width``,
``data-height``, and if wanted ``data-size`` (largest letters), ``data-align`` (start, middle,
end). ``<use href="#name"/>`` takes a symbol from ``symbols.svg``. For right-to-left languages the
drawing is mirrored as a whole, so nothing but a ``<text>`` may hold letters or digits.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast
from xml.etree import ElementTree

from knowledge.drawing.lettering import Align, Box, TextDoesNotFit, fit, letter, missing
from knowledge.drawing.raster import to_png
from knowledge.model import LANGUAGES
from knowledge.pictures import FOLDER

WIDTH: Final = 1000
"""Pixels; on a screen of 5 cm one millimetre is 20 of them."""

LARGEST: Final = 60
SMALLEST: Final = 46
"""Letters of 46 units are 2.3 mm high from line to line on a phone: the least to be read."""

LIMIT: Final = 100_000
"""Bytes of a picture."""

SVG: Final = "{http://www.w3.org/2000/svg}"
_KEY: Final = re.compile(r"\{([a-z0-9_]+)\}")
_RIGHT_TO_LEFT: Final = frozenset({"ar"})

Words = Mapping[str, str]


class BrokenPicture(Exception):
    """A drawing and its words do not go together; the message names file, language and key."""


def make(name: str, language: str, folder: Path = FOLDER) -> bytes:
    """The PNG of one picture; raises ``BrokenPicture``."""
    words = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")).get(language, {})
    try:
        drawn = to_png(lettered(folder / f"{name}.svg", words, language), WIDTH)
    except (TextDoesNotFit, ValueError, KeyError, ElementTree.ParseError) as error:
        raise BrokenPicture(f"{name} in {language}: {error}") from error
    if len(drawn) > LIMIT:
        raise BrokenPicture(f"{name} in {language}: {len(drawn)} bytes, {LIMIT} fit")
    return drawn


def lettered(path: Path, words: Words, language: str) -> str:
    """The drawing as SVG with the words of one language."""
    ElementTree.register_namespace("", SVG.strip("{}"))
    drawing = ElementTree.parse(path).getroot()
    width = float(drawing.attrib["viewBox"].split()[2])
    is_mirrored = language in _RIGHT_TO_LEFT
    texts = []
    for parent in list(drawing.iter()):
        for element in parent.findall(f"{SVG}text"):
            parent.remove(element)
            texts.append(_text(element, words, width if is_mirrored else None))
    symbols = ElementTree.parse(path.parent / "symbols.svg").getroot()
    shapes = "".join(ElementTree.tostring(each, "unicode") for each in [*symbols, *drawing])
    turned = f' transform="translate({width:g} 0) scale(-1 1)"' if is_mirrored else ""
    return (
        f'<svg xmlns="{SVG.strip("{}")}" viewBox="{drawing.attrib["viewBox"]}">'
        f"<g{turned}>{shapes}</g>{''.join(texts)}</svg>"
    )


def keys(path: Path) -> set[str]:
    """The words that a drawing asks for."""
    return set(_KEY.findall(path.read_text(encoding="utf-8")))


def _text(element: ElementTree.Element, words: Words, mirror: float | None) -> str:
    """SVG of one text; ``mirror`` is the drawing's width where it is mirrored."""
    found = _KEY.fullmatch((element.text or "").strip())
    said = words[found.group(1)] if found else (element.text or "").strip()
    if missing(said):
        raise ValueError(f"the fonts lack {missing(said)!r}; run `make fonts`")
    get = element.attrib.get
    x, width = float(element.attrib["x"]), float(element.attrib["data-width"])
    box = Box(
        x=x if mirror is None else mirror - x - width,
        y=float(element.attrib["y"]),
        width=width,
        height=float(element.attrib["data-height"]),
        align=cast(Align, get("data-align", "start")),
    )
    largest = float(get("data-size", LARGEST))
    lines = fit(said, box.width, box.height, largest, min(largest, SMALLEST))
    colour = get("fill", "#111111")
    return letter(lines, box, colour=colour, is_right_to_left=mirror is not None)


def main(names: list[str]) -> None:
    """Render the pictures named, or all."""
    for name in names or sorted(path.stem for path in FOLDER.glob("*.toml")):
        for language in LANGUAGES:
            target = FOLDER / "rendered" / language / f"{name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(make(name, language))


if __name__ == "__main__":
    main(sys.argv[1:])
