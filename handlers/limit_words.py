"""The words of the guideline tables in the reader's language: places, lands, kinds of value."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from babel.numbers import format_decimal

from bot.chat.turn import Translate
from bot.marking import N_
from knowledge.guidelines import GuidelineValue, Land

LAND_NAMES: Final[dict[Land, str]] = {
    "play": N_("Playgrounds and gardens where children play"),
    "homes": N_("Homes and gardens"),
    "parks": N_("Parks"),
    "farming": N_("Farmland and vegetable plots"),
    "grassland": N_("Grassland"),
    "industry": N_("Industry and trade"),
    "nature": N_("Nature"),
    "any": N_("Any land"),
}

_PLACES: Final = {
    "Australia": N_("Australia"),
    "Brazil (Minas Gerais)": N_("Brazil (Minas Gerais)"),
    "Canada": N_("Canada"),
    "China": N_("China"),
    "Costa Rica": N_("Costa Rica"),
    "European Union": N_("European Union"),
    "Finland": N_("Finland"),
    "France": N_("France"),
    "Germany": N_("Germany"),
    "Netherlands": N_("Netherlands"),
    "Russia": N_("Russia"),
    "Spain": N_("Spain"),
    "Sweden": N_("Sweden"),
    "Switzerland": N_("Switzerland"),
    "Taiwan": N_("Taiwan"),
    "United Kingdom (England and Wales)": N_("United Kingdom (England and Wales)"),
    "United States": N_("United States"),
}

_KINDS: Final = {
    "action value": N_("action value"),
    "background value": N_("background value"),
    "generic ecological investigation level": N_("generic ecological investigation level"),
    "generic guideline value": N_("generic guideline value"),
    "guide value": N_("guide value"),
    "guideline": N_("guideline"),
    "health investigation level": N_("health investigation level"),
    "highest value for the soil-use class": N_("highest value for the soil-use class"),
    "indicative level": N_("indicative level"),
    "intervention value": N_("intervention value"),
    "investigation value": N_("investigation value"),
    "level from which blood-lead screening of children is offered": N_(
        "level from which blood-lead screening of children is offered"
    ),
    "limit": N_("limit"),
    "limit value": N_("limit value"),
    "limit value (lower end of range)": N_("limit value (lower end of range)"),
    "limit value (upper end of range)": N_("limit value (upper end of range)"),
    "lower guideline value": N_("lower guideline value"),
    "precautionary value": N_("precautionary value"),
    "prevention value": N_("prevention value"),
    "provisionally permissible content": N_("provisionally permissible content"),
    "reference value (natural background)": N_("reference value (natural background)"),
    "removal management level": N_("removal management level"),
    "risk intervention value": N_("risk intervention value"),
    "risk screening value": N_("risk screening value"),
    "screening level": N_("screening level"),
    "target value": N_("target value"),
    "test value": N_("test value"),
    "threshold value": N_("threshold value"),
    "trigger for a detailed risk assessment": N_("trigger for a detailed risk assessment"),
    "upper guideline value": N_("upper guideline value"),
}


def land_name(land: Land, translate: Translate) -> str:
    """A group of land uses."""
    return translate(LAND_NAMES[land])


def place_name(jurisdiction: str, translate: Translate) -> str:
    """A country or part of one."""
    return translate(_PLACES.get(jurisdiction, jurisdiction))


def kind_name(value: GuidelineValue, translate: Translate) -> str:
    """What sort of value it is."""
    return translate(_KINDS.get(value.kind, value.kind))


def number(value: Decimal, language: str) -> str:
    """A number as people of that language write it, in Western digits."""
    normal = value.normalize()
    places = max(0, -int(normal.as_tuple().exponent)) if normal.is_finite() else 0
    pattern = "#,##0" + ("." + "#" * min(places, 4) if places else "")
    locale = {"ar": "en"}.get(language, language)
    # The narrow space of French numbers is missing in many phones' fonts; the ordinary one is not.
    return str(format_decimal(value, format=pattern, locale=locale)).replace("\u202f", "\u00a0")
