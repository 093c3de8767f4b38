"""What Discord refuses in a message, by the limits of its documentation."""

from __future__ import annotations

from typing import Any


def fault_of(body: dict[str, Any], files: int) -> tuple[int, str] | None:
    """The error code and text for a message that Discord would not take."""
    content = body.get("content") or ""
    embeds = body.get("embeds") or []
    components = body.get("components") or []
    if not content.strip() and not embeds and not components and not files:
        return 50006, "Cannot send an empty message"
    if len(content) > 2000:
        return 50035, "content: Must be 2000 or fewer in length"
    total = 0
    for embed in embeds:
        title, text = embed.get("title", ""), embed.get("description", "")
        footer = embed.get("footer", {}).get("text", "")
        total += len(title) + len(text) + len(footer)
        if len(title) > 256 or len(text) > 4096 or len(footer) > 2048:
            return 50035, "embed: too long"
        if not (title.strip() or text.strip() or footer.strip()):
            return 50035, "embed: empty"
    if total > 6000:
        return 50035, "embeds: Embed size exceeds maximum size of 6000"
    return _component_fault(components)


def _component_fault(rows: list[dict[str, Any]]) -> tuple[int, str] | None:
    if len(rows) > 5:
        return 50035, "components: Must be 5 or fewer in length"
    seen: set[str] = set()
    for row in rows:
        parts = row["components"]
        if not 1 <= len(parts) <= 5:
            return 50035, "components: Must be between 1 and 5 in length"
        for part in parts:
            custom_id = part.get("custom_id")
            if custom_id is not None and (custom_id in seen or not 1 <= len(custom_id) <= 100):
                return 50035, "custom_id: duplicated or of a wrong length"
            seen.add(custom_id or "")
            if part["type"] == 2 and not 1 <= len(part.get("label", "").strip()) <= 80:
                return 50035, "label: Must be between 1 and 80 in length"
            if part["type"] == 3 and not 1 <= len(part["options"]) <= 25:
                return 50035, "options: Must be between 1 and 25 in length"
    return None
