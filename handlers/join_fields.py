"""The fields of a membership: their questions, their choices, and what counts as an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.chat.cleaning import clean_line
from bot.chat.forms import SEPARATOR, Accepted, Doubt, Field
from bot.chat.messages import Choice
from bot.chat.turn import Translate
from bot.marking import N_
from knowledge.countries import country_name, find_country

NAME_LIMIT: Final = 100
EMAIL_LIMIT: Final = 254
"""Longest address that mail can be sent to (RFC 5321, 4.5.3.1.3)."""

STAKEHOLDERS: Final[Mapping[str, str]] = {
    "focal_point": N_("GSP focal point"),
    "policy_maker": N_("Policy maker"),
    "scientist": N_("Soil scientist"),
    "expert": N_("Expert"),
    "ngo": N_("NGO"),
    "farmer_association": N_("Farmer association"),
    "farmer": N_("Farmer"),
    "private_sector": N_("Private sector"),
    "student": N_("Student"),
    "other": N_("Other"),
}
INTERESTS: Final[Mapping[str, str]] = {
    "assessment": N_("Assessment"),
    "mapping": N_("Mapping"),
    "monitoring": N_("Monitoring and rules"),
    "management": N_("Management and clean-up"),
}
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "fr": "Français",
    "es": "Español",
    "ar": "العربية",
    "ru": "Русский",
    "zh": "中文",
}
RECEIVES: Final[Mapping[str, str]] = {
    "news": N_("News of the network"),
    "events": N_("Events and webinars"),
    "calls": N_("Calls for contributions"),
}

ORDER: Final = (
    "name",
    "email",
    "country",
    "stakeholder",
    "interests",
    "organisation",
    "languages",
    "receives",
)
"""The first five fit one modal; the others are asked where it costs nothing, or later."""

LISTS: Final = {"interests": INTERESTS, "languages": LANGUAGES, "receives": RECEIVES}

LABELS: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "email": N_("E-mail"),
    "country": N_("Country"),
    "stakeholder": N_("Group"),
    "interests": N_("Interests"),
    "organisation": N_("Organisation"),
    "languages": N_("Languages"),
    "receives": N_("Receives"),
}


def field(name: str, _: Translate, *, email: str, value: str = "") -> Field:
    """One question; ``email`` is the setting: off, optional or required."""
    match name:
        case "name":
            return _line("name", _("What is your name?"), NAME_LIMIT, value, is_required=True)
        case "email":
            is_required = email == "required"
            hint = _("I send a code there to confirm it. Only the secretariat sees it.")
            question = _("What is your e-mail address?")
            return _line("email", question, EMAIL_LIMIT, value, is_required, hint)
        case "country":
            hint = _("In any language; I look it up.")
            question = _("Which country do you work in?")
            shown = country_name(value, _.language) if value else ""
            return _line("country", question, NAME_LIMIT, shown, is_required=True, hint=hint)
        case "organisation":
            return _line("organisation", _("Your organisation"), NAME_LIMIT, value)
        case "stakeholder":
            return Field(
                name=name,
                label=_("Which group fits you best?"),
                kind="choice",
                choices=choices(STAKEHOLDERS, _),
                value=value,
            )
    question, known = {
        "interests": (_("What are you interested in?"), INTERESTS),
        "languages": (_("Which languages do you read?"), LANGUAGES),
        "receives": (_("What may I send you?"), RECEIVES),
    }[name]
    return Field(
        name=name,
        label=question,
        kind="choices",
        hint=_("Choose one or more."),
        is_required=False,
        choices=choices(known, _),
        value=value,
    )


def _line(
    name: str, label: str, limit: int, value: str, is_required: bool = False, hint: str = ""
) -> Field:
    return Field(
        name=name, label=label, limit=limit, value=value, is_required=is_required, hint=hint
    )


def choices(known: Mapping[str, str], _: Translate) -> tuple[Choice, ...]:
    """The lines of a list in the reader's language."""
    return tuple(Choice(label=_(label), value=code) for code, label in known.items())


def check_name(text: str, _: Translate) -> Accepted | Doubt:
    """Any name in any script that holds a letter."""
    name = clean_line(text, NAME_LIMIT)
    if not any(sign.isalpha() for sign in name) or "@" in name or "://" in name:
        return Doubt(fault=_("Please write the name that you go by."))
    return Accepted(value=name)


def check_email(text: str, _: Translate) -> Accepted | Doubt:
    """An address by RFC 5321 and 6531 (Unicode), not looked up on the network."""
    from email_validator import EmailNotValidError, validate_email

    typed = clean_line(text, EMAIL_LIMIT + 1).removeprefix("mailto:")
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError:
        return Doubt(
            fault=_("That does not look like an e-mail address. One looks like ana@example.org.")
        )
    return Accepted(value=found.normalized)


def check_country(text: str, _: Translate) -> Accepted | Doubt:
    """A country's name in any language; its code is kept."""
    found = find_country(clean_line(text, NAME_LIMIT))
    if found.code is not None:
        return Accepted(value=found.code)
    if not found.candidates:
        fault = _(
            "I do not know a country called “{name}”. Please write it in another way.", name=text
        )
        return Doubt(fault=fault)
    offered = tuple(
        Choice(label=country_name(code, _.language), value=code) for code in found.candidates
    )
    return Doubt(fault=_("I am not sure about “{name}”. Did you mean:", name=text), choices=offered)


def check_list(name: str, text: str) -> str:
    """The known codes of a list, in its order."""
    given = set(text.split(SEPARATOR))
    return SEPARATOR.join(code for code in LISTS[name] if code in given)


CHECKS: Final = {"name": check_name, "email": check_email, "country": check_country}


def check(name: str, text: str, _: Translate) -> Accepted | Doubt:
    """Any answer; what is accepted is in the form in which it is kept."""
    if name in CHECKS:
        return CHECKS[name](text, _)
    if name in LISTS:
        return Accepted(value=check_list(name, text))
    if name == "stakeholder" and text not in STAKEHOLDERS:
        return Doubt(fault=_("Please choose one of these."), choices=choices(STAKEHOLDERS, _))
    return Accepted(value=clean_line(text, NAME_LIMIT))


def shown(name: str, value: str, _: Translate) -> str:
    """A kept answer as people read it; a dash where there is none."""
    if not value:
        return "–"
    if name == "country":
        return country_name(value, _.language)
    if name == "stakeholder":
        return _(STAKEHOLDERS.get(value, value))
    if name in LISTS:
        known = LISTS[name]
        return ", ".join(_(known[code]) for code in value.split(SEPARATOR) if code in known)
    return value
