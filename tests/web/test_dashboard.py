"""The dashboard asks for metrics that there are."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bot.web.metrics import Metrics

DASHBOARD = Path(__file__).parents[2] / "docs" / "deploy" / "grafana.json"


def test_the_dashboard_asks_for_what_there_is() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    asked = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"\b(?:insop|process)_[a-z_]+", target["expr"])
    }
    text = Metrics().text().decode()
    known = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    for name in asked:
        assert name in known or re.sub(r"_(bucket|sum|count)$", "", name) in known, name
    assert len(panels) >= 12
