"""What is counted, for Prometheus. One registry a process; nothing is global.

Labels hold platforms, lanes, languages and decisions only. Whatever else would come is counted
as ``other``, so that no label can grow without bound or name anybody.
"""

from __future__ import annotations

import re
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Final, TypeVar, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from bot.chat.turn import Turn
from bot.store.operations import Standing

T = TypeVar("T", Counter, Histogram)

MOST_VALUES: Final = 48
"""Different values that one label may take."""

_COUNTERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "turns": (
        "Turns that were handled and committed",
        ("platform", "kind", "decision", "language"),
    ),
    "turns_limited": ("Turns refused because somebody was too fast", ("platform",)),
    "turns_failed": ("Turns that ended in a fault of ours", ("platform",)),
    "sends": ("Messages of the outbox, by outcome", ("platform", "lane", "outcome")),
    "replies": ("Replies, by outcome", ("platform", "outcome")),
    "throttled": ("Answers 429 (too fast) of a platform", ("platform", "lane")),
    "mails": ("Mails, by outcome", ("outcome",)),
}
_HISTOGRAMS: Final[dict[str, tuple[str, tuple[str, ...], tuple[float, ...]]]] = {
    "turn_seconds": (
        "Time from an event to its committed reply",
        ("platform",),
        (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
    ),
    "reply_seconds": (
        "Time for a reply to reach the platform, pauses included",
        ("platform",),
        (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0),
    ),
    "send_seconds": (
        "Time of one call that sends a message of the outbox",
        ("platform", "lane"),
        (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 15.0, 30.0),
    ),
    "lateness_seconds": (
        "How long after it was due a message of the outbox was sent",
        ("platform", "lane"),
        (0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0, 86400.0),
    ),
}
_GAUGES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "lane_waiting": ("Messages that are due and wait", ("platform", "lane")),
    "lane_oldest_seconds": ("Age of the oldest message that is due", ("platform", "lane")),
    "unknown": ("Messages of which nobody knows whether they arrived", ("platform",)),
    "questions_open": ("Questions that wait for a person", ()),
    "updates_unanswered": ("Updates accepted and not answered yet", ()),
    "lease_seconds": ("Seconds that a lease still holds; below 0 it is vacant", ("lease",)),
    "processes": ("Processes that share the database (split roles only)", ()),
    "alerts": ("Causes that need a person", ()),
}
_PLAIN: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,31}")
_LABELS_OF_ROWS: Final = ("lane_waiting", "lane_oldest_seconds", "unknown", "lease_seconds")


class Metrics:
    """``bot.chat.measuring.Meter`` for Prometheus."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        Info("insop_build", "This release", registry=self.registry).info({"version": _version()})
        self._counters = {
            name: Counter(f"insop_{name}", text, labels, registry=self.registry)
            for name, (text, labels) in _COUNTERS.items()
        }
        self._histograms = {
            name: Histogram(f"insop_{name}", text, labels, buckets=edges, registry=self.registry)
            for name, (text, labels, edges) in _HISTOGRAMS.items()
        }
        self._gauges = {
            name: Gauge(f"insop_{name}", text, labels, registry=self.registry)
            for name, (text, labels) in _GAUGES.items()
        }
        self._known: dict[tuple[str, str], set[str]] = {}
        self._children: dict[tuple[str, tuple[tuple[str, str], ...]], Counter | Histogram] = {}

    def turn(self, turn: Turn, seconds: float) -> None:
        """See ``Meter``."""
        platform = turn.event.conversation.platform
        decision = turn.notes.get("decision", "none").partition(":")[0]
        self.count(
            "turns",
            platform=platform,
            kind=type(turn.event).__name__.lower(),
            decision=decision,
            language=turn._.language,
        )
        self.observe("turn_seconds", seconds, platform=platform)

    def count(self, name: str, **labels: str) -> None:
        """See ``Meter``."""
        self._labelled(self._counters[name], name, labels).inc()

    def observe(self, name: str, seconds: float, **labels: str) -> None:
        """See ``Meter``."""
        self._labelled(self._histograms[name], name, labels).observe(max(0.0, seconds))

    def show(self, standing: Standing, alerts: int, now: datetime) -> None:
        """Take over how the work stands, from the database."""
        gauges = self._gauges
        for name in _LABELS_OF_ROWS:
            gauges[name].clear()
        for lane in standing.lanes:
            labels = {"platform": lane.platform, "lane": lane.lane.name.lower()}
            gauges["lane_waiting"].labels(**labels).set(lane.count)
            age = (now - lane.oldest).total_seconds()
            gauges["lane_oldest_seconds"].labels(**labels).set(max(0.0, age))
        for platform, held in standing.held.items():
            gauges["unknown"].labels(platform=platform).set(held)
        for lease in standing.leases:
            left = (lease.until - now).total_seconds()
            gauges["lease_seconds"].labels(lease=lease.token_id).set(left)
        gauges["questions_open"].set(standing.open_questions)
        gauges["updates_unanswered"].set(standing.unanswered)
        gauges["processes"].set(standing.processes)
        gauges["alerts"].set(alerts)

    def text(self) -> bytes:
        """Everything in Prometheus's text format 0.0.4."""
        return generate_latest(self.registry)

    def _labelled(self, metric: T, name: str, labels: dict[str, str]) -> T:
        """The metric's child, kept: to look one up by its labels takes longer than to count."""
        bounded: dict[str, str] = self._bounded(name, labels)
        key = (name, tuple(sorted(bounded.items())))
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = metric.labels(**bounded)
        return cast("T", child)

    def _bounded(self, name: str, labels: dict[str, str]) -> dict[str, str]:
        return {label: self._value(name, label, value) for label, value in labels.items()}

    def _value(self, name: str, label: str, value: str) -> str:
        known = self._known.setdefault((name, label), set())
        if value in known:
            return value
        if len(known) >= MOST_VALUES or not _PLAIN.fullmatch(value):
            return "other"
        known.add(value)
        return value


def _version() -> str:
    try:
        return version("insop-assistant")
    except PackageNotFoundError:
        return "unknown"
