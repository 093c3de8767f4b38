"""Finds a measured content in a question: substance, number, unit, in six languages.

Contents are by mass of dry soil: 1 mg/kg = 1 ppm = 1 µg/g = 1 g/t; 1 µg/kg = 1 ppb; 1 % is
10,000 mg/kg. Units of volume (mg/L) and of blood (µg/dL) are recognised and refused: they say
nothing of soil.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

from knowledge.substances import Substances

UnitState = Literal["known", "missing", "wrong"]

_DIGITS: Final = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫٬", "01234567890123456789.,")

_UNITS: Final[tuple[tuple[str, Decimal | None], ...]] = (
    # Wrong kinds first: "mg/l" begins like "mg".
    (
        r"(?:[mµμu]g|мг|мкг|مغ|ملغ|毫克|微克)\s*(?:/|per|par|por|на|لكل|每)\s*"
        r"(?:d?l|ml|m3|m³|litre|liter|litro|д?л|لتر|升)(?![a-zа-я])",
        None,
    ),
    (
        r"(?:mg|milligrams?|milligrammes?|miligramos?|мг|миллиграмм\w*|مجم|ملجم|مغ|ملغ|ملغم"
        r"|مليغرام|ميليغرام|ملليغرام|毫克)\s*"
        r"(?:/|per|par|por|на|لكل|في|每)?\s*(?:kg|kilo\w*|кг|килограмм\w*|كغم|كغ|كجم|كيلو\w*|千克|公斤)",
        Decimal(1),
    ),
    (
        r"(?:[µμu]g|micrograms?|microgrammes?|microgramos?|мкг|ميكروغرام|微克)\s*(?:/|per|par|por|на|لكل|每)\s*"
        r"(?:kg|kilo\w*|кг|كغم|كغ|كجم|千克|公斤)",
        Decimal("0.001"),
    ),
    (
        r"(?:[µμu]g|micrograms?|microgrammes?|microgramos?|мкг|ميكروغرام|微克)\s*(?:/|per|par|por|на|لكل|每)\s*"
        r"(?:g|gram\w*|gramo|г|غ|غرام|جرام|克)(?![a-zа-я])",
        Decimal(1),
    ),
    (r"(?:ng|нг|纳克)\s*/\s*(?:g|г|克)(?![a-zа-я])", Decimal("0.001")),
    (r"(?:mg|мг|毫克)\s*/\s*(?:g|г|克)(?![a-zа-я])", Decimal(1000)),
    (r"(?:g|г|克)\s*/\s*(?:kg|кг|千克|公斤)", Decimal(1000)),
    (r"(?:g|г|克)\s*/\s*(?:t|т|吨)(?![a-zа-я])", Decimal(1)),
    (r"(?:ppm|parts? per million|млн-1|جزء في المليون|جزء بالمليون|百万分之)", Decimal(1)),
    (r"(?:ppb|parts? per billion)", Decimal("0.001")),
    (r"(?:%|٪|percent|per cent|pour ?cent|por ciento|процент\w*|بالمئة|百分之)", Decimal(10_000)),
)
_UNIT_PATTERNS: Final = tuple((re.compile(pattern), factor) for pattern, factor in _UNITS)

_NUMBER: Final = re.compile(
    r"(?<![\w.,/-])(\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,6})?)"
    r"(?![\d-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What was measured, as far as the text says.

    ``value`` is in mg/kg when ``unit`` is ``known``, else the bare number.
    """

    substance: str
    value: Decimal | None
    unit: UnitState
    written: str = ""
    """The number and unit as the person wrote them."""


def measure(text: str, substances: Substances) -> Measurement | None:
    """The measurement in a text, or None where no substance of the tables is named."""
    ready = unicodedata.normalize("NFKC", text[:500]).translate(_DIGITS)
    found = substances.find(ready)
    if found is None:
        return None
    key, (start, end) = found
    # The name may hold digits (chromium 6); they are no measurement.
    rest = f"{ready[:start]} \n {ready[end:]}".casefold()
    number = _number_with_unit(rest)
    if number is None:
        return Measurement(substance=key, value=None, unit="missing")
    value, factor, state, written = number
    scaled = value * factor if factor is not None else value
    return Measurement(substance=key, value=scaled, unit=state, written=written)


def convert(value: Decimal, unit: str) -> Decimal | None:
    """``value`` in mg/kg, or None where ``unit`` is not one of mass by mass."""
    for pattern, factor in _UNIT_PATTERNS:
        if pattern.fullmatch(unit.strip().casefold()):
            return None if factor is None else value * factor
    return None


def _number_with_unit(text: str) -> tuple[Decimal, Decimal | None, UnitState, str] | None:
    bare: tuple[Decimal, Decimal | None, UnitState, str] | None = None
    for match in _NUMBER.finditer(text):
        value = _decimal(match.group(1))
        if value is None:
            continue
        after = text[match.end() :]
        before = text[: match.start()].rstrip()
        spaces = len(after) - len(after.lstrip())
        unit = _unit_at(after.lstrip()) if spaces <= 2 else None
        if unit is None and before.endswith("百分之"):
            # Chinese writes "per hundred" before the number.
            unit = ("%", Decimal(10_000))
        if unit is not None:
            name, factor = unit
            state: UnitState = "wrong" if factor is None else "known"
            return value, factor, state, f"{match.group(1)} {name}"
        if bare is None:
            bare = (value, Decimal(1), "missing", match.group(1))
    return bare


def _unit_at(text: str) -> tuple[str, Decimal | None] | None:
    for pattern, factor in _UNIT_PATTERNS:
        match = pattern.match(text)
        if match is not None:
            return match.group().strip(), factor
    return None


def _decimal(written: str) -> Decimal | None:
    """A number with either decimal sign; groups of three after a comma or point are thousands."""
    text = re.sub(r"[ \u00a0\u202f]", "", written)
    last = max(text.rfind("."), text.rfind(","))
    if last >= 0:
        whole, part = text[:last], text[last + 1 :]
        is_thousands = len(part) == 3 and whole not in ("0", "") and len(whole) <= 3
        if is_thousands and text.count(".") + text.count(",") == 1 and text[last] == ".":
            # "1.250" is ambiguous; a point with three digits is a decimal in English tables.
            is_thousands = False
        whole = re.sub(r"[.,]", "", whole)
        text = whole + part if is_thousands else f"{whole or '0'}.{part}"
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
