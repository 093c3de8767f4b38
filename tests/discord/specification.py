"""Discord's OpenAPI description, to check the adapter's requests against.

discord.py sends a few ids as numbers where the description wants texts; Discord takes both, so
those are turned into texts first and nothing else is forgiven.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PATH: Final = Path(__file__).resolve().parents[2].parent / "shared/specs/discord-openapi.json"

_URI: Final = "urn:discord"
_ID_KEYS: Final = frozenset({"message_id", "channel_id", "guild_id", "recipient_id"})


class Specification:
    """Finds the operation of a request and what its body must be."""

    def __init__(self, document: dict[str, Any]) -> None:
        resource = Resource.from_contents(document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(_URI, resource)
        self._paths = document["paths"]
        self._patterns = [
            (re.compile(re.sub(r"\{[^/]+\}", r"[^/]+", template) + r"\Z"), template)
            for template in sorted(self._paths, key=lambda path: path.count("{"))
        ]

    @classmethod
    def load(cls) -> Specification:
        return cls(json.loads(PATH.read_text(encoding="utf-8")))

    def fault(self, method: str, path: str, content_type: str, body: Any) -> str | None:
        """What is wrong with a request, or None."""
        operation, template = self._operation(method, path)
        if operation is None:
            return f"{method} {path} is not in the specification"
        wanted = operation.get("requestBody")
        if wanted is None:
            return None if body is None else f"{method} {template} takes no body"
        if content_type not in wanted["content"]:
            return f"{method} {template} does not take {content_type}"
        pointer = "/".join(
            part.replace("~", "~0").replace("/", "~1")
            for part in (
                "paths",
                template,
                method.lower(),
                "requestBody",
                "content",
                content_type,
                "schema",
            )
        )
        schema = {"$ref": f"{_URI}#/{pointer}"}
        validator = Draft202012Validator(schema, registry=self._registry)
        error = best_match(validator.iter_errors(_with_text_ids(body)))
        return None if error is None else f"{method} {template}: {error.json_path}: {error.message}"

    def _operation(self, method: str, path: str) -> tuple[dict[str, Any] | None, str]:
        for pattern, template in self._patterns:
            if pattern.match(path) and method.lower() in self._paths[template]:
                return self._paths[template][method.lower()], template
        return None, path


def _with_text_ids(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with_text_ids(part, name) for name, part in value.items()}
    if isinstance(value, list):
        if key == "attachments":
            value = [{**part, "id": str(part["id"])} if "id" in part else part for part in value]
        return [_with_text_ids(part) for part in value]
    if key in _ID_KEYS and isinstance(value, int):
        return str(value)
    return value
