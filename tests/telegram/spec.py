"""Checks recorded requests against the machine-readable Bot API, where it is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.telegram.loopback.server import Request

SPEC = (
    Path(__file__).resolve().parents[2].parent / "shared" / "specs" / "telegram-bot-api-10.0.json"
)
"""Beside the project, not part of it."""


def is_at_hand() -> bool:
    """Whether the specification can be read."""
    return SPEC.exists()


@cache
def _spec() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(SPEC.read_text(encoding="utf-8"))
    return data


def faults(requests: Iterable[Request]) -> list[str]:
    """What is wrong with the requests: unknown or missing parameters, wrong types."""
    return [fault for request in requests for fault in _request_faults(request)]


def _request_faults(request: Request) -> list[str]:
    method = _spec()["methods"].get(request.method)
    if method is None:
        return [f"{request.method}: no such method"]
    given = dict(request.parameters)
    for name in request.files:
        given.setdefault(name, _File())
    is_multipart = bool(request.files)
    return _fields_faults(request.method, method.get("fields", []), given, is_multipart)


class _File:
    """Stands for an uploaded file."""


def _fields_faults(
    where: str, fields: list[dict[str, Any]], given: dict[str, Any], is_multipart: bool = False
) -> list[str]:
    known = {field["name"]: field for field in fields}
    found = [
        f"{where}: missing {name}"
        for name, f in known.items()
        if f["required"] and name not in given
    ]
    for name, value in given.items():
        if name not in known:
            is_attached = isinstance(value, _File) and is_multipart
            found += [] if is_attached else [f"{where}: unknown {name}"]
            continue
        if is_multipart and isinstance(value, str) and "String" not in known[name]["types"]:
            value = json.loads(value)
        options = [_type_faults(f"{where}.{name}", kind, value) for kind in known[name]["types"]]
        found += _fewest(options)
    return found


def _fewest(options: list[list[str]]) -> list[str]:
    return min(options, key=lambda found: len(found))


def _type_faults(where: str, kind: str, value: Any) -> list[str]:
    if kind.startswith("Array of "):
        if not isinstance(value, list):
            return [f"{where}: not an array", where]
        inner = kind.removeprefix("Array of ")
        return [
            fault
            for number, part in enumerate(value)
            for fault in _type_faults(f"{where}[{number}]", inner, part)
        ]
    simple = {
        "Integer": isinstance(value, int) and not isinstance(value, bool),
        "Float": isinstance(value, int | float) and not isinstance(value, bool),
        "String": isinstance(value, str),
        "Boolean": isinstance(value, bool),
        "True": value is True,
        "InputFile": isinstance(value, _File),
    }
    if kind in simple:
        return [] if simple[kind] else [f"{where}: not {kind}", where]
    if not isinstance(value, dict):
        return [f"{where}: not {kind}", where]
    described = _spec()["types"][kind]
    subtypes = described.get("subtypes", [])
    if subtypes and not described.get("fields"):
        found = [_type_faults(where, subtype, value) for subtype in subtypes]
        return _fewest(found)
    return _fields_faults(where, described.get("fields", []), value)
