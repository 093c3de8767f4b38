"""Why a decision was made, in lines that a person of the secretariat can read."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.search.crossing import Found

_SHOWN = 3


def explain(found: Found, titles: Mapping[str, str], limit: str | None) -> tuple[str, ...]:
    """The lines for one search."""
    match, calibration = found.match, found.calibration
    lines = [f"searched in {found.language}: “{found.asked[:200]}”"]
    if found.is_guess:
        lines.append("found through the glossary's English terms, so it may only suggest")
    if match.repairs:
        lines.append("spelling: " + ", ".join(f"{was} → {now}" for was, now in match.repairs))
    for entry, score in match.ranked[:_SHOWN]:
        lines.append(f"{titles.get(entry, entry)} ({entry}): {score:.2f}")
    if match.ranked:
        lines.append(
            f"nearest example “{found.example}”: {match.nearest:.0%} alike, "
            f"ahead of the next article by {match.margin:.2f}"
        )
    lines.append(
        f"words that no example has: {match.unseen:.0%}; "
        f"not explained by any example: {match.variance:.0%}"
    )
    lines.append(
        f"can be answered: {match.chance:.0%} (suggest from {calibration.suggest_from:.0%}); "
        f"first is right: {match.sureness:.0%} (answer from {calibration.answer_from:.0%})"
    )
    if limit is not None:
        lines.append(f"a {limit} question: only an article that asks the same may answer")
    return tuple(lines)
