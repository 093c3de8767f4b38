"""Published guideline values for soil, and what a measured content means beside them.

No value is world-wide. A value belongs to one jurisdiction, one land use, one kind of protection
and one laboratory method; contents in a mild extract (``mobile``) are never compared with total
ones; superseded values are history and are left out of a comparison.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from typing import Final, Literal, Self

Status = Literal["in force", "unknown", "superseded"]
Land = Literal["homes", "play", "parks", "farming", "grassland", "industry", "nature", "any"]

LANDS: Final[tuple[Land, ...]] = (
    "play",
    "homes",
    "parks",
    "farming",
    "grassland",
    "industry",
    "nature",
    "any",
)
"""Groups of land use, the most protected first."""

MOBILE: Final = "mobile"

BACKGROUNDS: Final = frozenset({"background value", "reference value (natural background)"})
"""Kinds that describe ordinary soil; they are no limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidelineValue:
    """One published value, in mg/kg of dry soil."""

    jurisdiction: str
    instrument: str
    year: str
    status: Status
    land: Land
    land_use: str
    substance: str
    measured_as: str
    value: Decimal
    kind: str
    condition: str
    extract: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The values of one jurisdiction for one group of land, from the lowest to the highest.

    ``side`` tells where a measured content lies: ``below`` all, ``above`` all, ``between``, or
    None where nothing was measured.
    """

    jurisdiction: str
    land: Land
    values: tuple[GuidelineValue, ...]
    side: Literal["below", "between", "above"] | None

    @property
    def lowest(self) -> Decimal:
        """mg/kg."""
        return min(value.value for value in self.values)

    @property
    def highest(self) -> Decimal:
        """mg/kg."""
        return max(value.value for value in self.values)

    @property
    def is_in_force(self) -> bool:
        """Whether all of them are known to be in force."""
        return all(value.status == "in force" for value in self.values)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of value among them, without repeats."""
        return tuple(dict.fromkeys(value.kind for value in self.values))


@dataclass(frozen=True)
class Guidelines:
    """All values; immutable."""

    values: tuple[GuidelineValue, ...]

    @classmethod
    def load(cls) -> Self:
        """The table that comes with the assistant."""
        raw = files("knowledge").joinpath("guidelines.csv").read_text("utf-8")
        return cls.parse(raw)

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Raises ``ValueError`` naming the line of a row that cannot be read."""
        values = []
        for number, row in enumerate(csv.DictReader(io.StringIO(raw)), 2):
            try:
                values.append(_value(row))
            except (KeyError, ValueError, ArithmeticError) as error:
                raise ValueError(f"guidelines.csv:{number}: {error}") from error
        return cls(values=tuple(values))

    @cached_property
    def substances(self) -> frozenset[str]:
        """Keys of the substances that have values."""
        return frozenset(value.substance for value in self.values)

    def compare(self, substance: str, content: Decimal | None) -> list[Span]:
        """Current total-content values by jurisdiction and land, in force first."""
        groups: dict[tuple[str, Land], list[GuidelineValue]] = {}
        for value in self.values:
            is_shown = (
                value.status != "superseded"
                and value.extract != MOBILE
                and value.kind not in BACKGROUNDS
            )
            if value.substance == substance and is_shown:
                groups.setdefault((value.jurisdiction, value.land), []).append(value)
        spans = [
            Span(
                jurisdiction=jurisdiction,
                land=land,
                values=tuple(sorted(values, key=lambda each: each.value)),
                side=_side(values, content),
            )
            for (jurisdiction, land), values in groups.items()
        ]
        return sorted(
            spans,
            key=lambda span: (not span.is_in_force, span.jurisdiction, LANDS.index(span.land)),
        )

    def background(self, substance: str) -> list[GuidelineValue]:
        """Published contents of ordinary soil, lowest first."""
        found = [
            value
            for value in self.values
            if value.substance == substance and value.kind in BACKGROUNDS
        ]
        return sorted(found, key=lambda value: value.value)

    def mobile(self, substance: str) -> list[GuidelineValue]:
        """Values for a mild extract, which no total content may be held against."""
        return [
            value
            for value in self.values
            if value.substance == substance and value.extract == MOBILE
        ]

    def history(self, substance: str) -> list[GuidelineValue]:
        """Superseded values."""
        return [
            value
            for value in self.values
            if value.substance == substance and value.status == "superseded"
        ]


def cited(spans: Iterable[Span]) -> tuple[str, ...]:
    """The sources of what is shown, in order, without repeats."""
    return tuple(
        dict.fromkeys(key for span in spans for value in span.values for key in value.sources)
    )


def _side(
    values: list[GuidelineValue], content: Decimal | None
) -> Literal["below", "between", "above"] | None:
    if content is None:
        return None
    if content <= min(value.value for value in values):
        return "below"
    return "above" if content > max(value.value for value in values) else "between"


def _value(row: dict[str, str]) -> GuidelineValue:
    value = Decimal(row["value_mg_kg"])
    if value <= 0:
        raise ValueError("a value must be above 0")
    if row["status"] not in ("in force", "unknown", "superseded"):
        raise ValueError(f"status {row['status']!r} is not known")
    if row["land"] not in LANDS:
        raise ValueError(f"land {row['land']!r} is not known")
    return GuidelineValue(
        jurisdiction=row["jurisdiction"],
        instrument=row["instrument"],
        year=row["year"],
        status=row["status"],  # type: ignore[arg-type]  # checked above, which mypy cannot see
        land=row["land"],
        land_use=row["land_use"],
        substance=row["substance"],
        measured_as=row["measured_as"],
        value=value,
        kind=row["kind"],
        condition=row["condition"],
        extract=row["extract"],
        sources=tuple(row["sources"].split()),
    )
