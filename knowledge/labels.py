"""Questions that staff have labelled: how the search does on them, and thresholds from them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from knowledge.answering import Query
from knowledge.search.confidence import ENOUGH_LABELS, Calibration, refit
from knowledge.search.crossing import Crossing
from knowledge.search.engine import Engine

FILE: Final = "calibration.json"
"""Fitted curves by language, beside the search index: numbers, no words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """``article`` is None where no article should be shown."""

    text: str
    language: str
    article: str | None


def evaluate_labels(engine: Engine, labelled: Sequence[Labelled]) -> dict[str, Any]:
    """Figures by language: what is answered rightly, wrongly, refused, and what a fit would say."""
    found: dict[str, Any] = {}
    fitted = fit(engine, labelled)
    for language in sorted({each.language for each in labelled}):
        mine = [each for each in labelled if each.language == language]
        outcomes = [
            (each, engine.decide(Query(text=each.text, language=language))) for each in mine
        ]
        inside = [(each, outcome) for each, outcome in outcomes if each.article is not None]
        outside = [outcome for each, outcome in outcomes if each.article is None]
        shown = [[one.article for one in outcome.candidates[:3]] for _, outcome in inside]
        calibration = _calibration(engine, language)
        found[language] = {
            "labels": len(mine),
            "answerable": len(inside),
            "right_first": sum(
                each.article == ranked[0]
                for (each, _), ranked in zip(inside, shown, strict=True)
                if ranked
            ),
            "right_in_three": sum(
                each.article in ranked for (each, _), ranked in zip(inside, shown, strict=True)
            ),
            "answerable_refused": sum(outcome.decision == "rephrase" for _, outcome in inside),
            "unanswerable_shown": sum(
                outcome.decision in ("answer", "suggest") for outcome in outside
            ),
            "suggest_from": calibration.suggest_from if calibration else None,
            "suggest_from_fitted": fitted[language].suggest_from if language in fitted else None,
            "needed": max(0, ENOUGH_LABELS - len(mine)),
        }
    return found


def fit(engine: Engine, labelled: Sequence[Labelled]) -> dict[str, Calibration]:
    """New calibrations of the languages that have enough labels of both kinds."""
    tried: dict[str, tuple[list[tuple[float, float]], list[tuple[float, float]]]] = {}
    for each in labelled:
        detection = engine.detector.detect(each.text, default=each.language)
        match = engine.crossing.find(each.text, detection).match
        right, wrong = tried.setdefault(each.language, ([], []))
        best = match.ranked[0][0] if match.ranked else None
        is_right = best is not None and best == each.article
        (right if is_right else wrong).append((match.raw, match.margin))
    fitted = {}
    for language, (right, wrong) in tried.items():
        start = _calibration(engine, language)
        if start is not None:
            calibration = refit(start, right, wrong)
            if calibration is not start:
                fitted[language] = calibration
    return fitted


def keep(fitted: Mapping[str, Calibration], folder: Path) -> None:
    """Let engines that are built from now on use these."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {language: calibration.state() for language, calibration in fitted.items()}
    path = folder / FILE
    path.with_suffix(".new").write_text(json.dumps(state), encoding="utf-8")
    path.with_suffix(".new").replace(path)


def with_kept(engine: Engine, folder: Path) -> Engine:
    """The engine with the calibrations that were kept; unreadable ones are left aside."""
    try:
        state = json.loads((folder / FILE).read_text(encoding="utf-8"))
        kept = {language: _restored(found) for language, found in state.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return engine
    matchers: dict[str, Any] = dict(engine.matchers)
    for language, calibration in kept.items():
        if hasattr(matchers.get(language), "calibration"):
            matchers[language] = replace(matchers[language], calibration=calibration)
    return replace(engine, matchers=matchers, crossing=Crossing(matchers))


def _restored(found: Mapping[str, float]) -> Calibration:
    numbers: dict[str, Any] = {name: float(value) for name, value in found.items()}
    return Calibration(**{**numbers, "labels": int(found.get("labels", 0))})


def _calibration(engine: Engine, language: str) -> Calibration | None:
    found = getattr(engine.matchers.get(language), "calibration", None)
    return found if isinstance(found, Calibration) else None
