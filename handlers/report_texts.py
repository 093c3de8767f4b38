"""A month's report as words, as rows for a spreadsheet, and as a picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Final

from bot.chat.cells import guarded
from bot.chat.markup import escape
from bot.chat.turn import Translate
from bot.store.reports import Report
from handlers.settings import LANGUAGE_NAMES
from knowledge.countries import country_name
from knowledge.drawing.bars import Bar, BarChart
from knowledge.gaps import Gap

SHOWN: Final = 10
"""Lines of each table in words and in the picture; a spreadsheet has them all."""
_HOUR: Final = 3600.0


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which that share lies (nearest rank); None of nothing. ``values`` ascend."""
    if not values:
        return None
    return values[max(0, min(len(values) - 1, -(-int(share * 1000) * len(values) // 1000) - 1))]


def as_text(report: Report, gaps: Sequence[Gap], _: Translate) -> str:
    """Markup for chats; no personal data."""
    decisions = report.decisions
    lines = [
        _("- Questions to the assistant: {count}", count=report.total),
        _(
            "- Answered by the assistant: {count} ({direct} at once, {choice} as a choice)",
            count=report.answered_by_bot,
            direct=decisions.get("answer", 0) + decisions.get("limits", 0),
            choice=decisions.get("suggest", 0),
        ),
        _("- Not found: {count}", count=decisions.get("rephrase", 0)),
        _("- Refused, for a person to answer: {count}", count=report.refused),
        _("- Emergencies: {count}", count=decisions.get("urgent", 0)),
        _("- Handed to people: {count}", count=report.handed_over),
        _("- Answered by people: {count}", count=report.answered_by_people),
        _("- Open now: {count}", count=report.open),
        _("- Marked as no help: {count}", count=sum(report.wrong.values())),
    ]
    median, slow = (quantile(report.seconds, share) for share in (0.5, 0.9))
    if median is not None and slow is not None:
        times = _(
            "- Time to a person's answer: half within {median} hours, nine in ten within {slow}",
            median=f"{median / _HOUR:.1f}",
            slow=f"{slow / _HOUR:.1f}",
        )
        lines.insert(7, times)
    parts = ["\n".join(lines)]
    for title, counts in tables(report, _):
        shown = [f"- {escape(name)}: {count}" for name, count in list(counts.items())[:SHOWN]]
        parts += ["\n".join([f"**{escape(title)}**", *shown])] if shown else []
    if gaps:
        found = [
            f"{place}. {escape(' '.join(gap.words))} ({gap.count}; {', '.join(gap.languages)})"
            for place, gap in enumerate(gaps, 1)
        ]
        heading = _("What the knowledge base lacks")
        parts.append("\n".join([f"**{heading}**", *found]))
    return "\n\n".join(parts)


def tables(report: Report, _: Translate) -> list[tuple[str, dict[str, int]]]:
    """Titles and counts under the names that people read."""
    unknown = _("not known")

    def topics(counts: Mapping[str, int]) -> dict[str, int]:
        return {name or unknown: count for name, count in counts.items()}

    def languages(counts: Mapping[str, int]) -> dict[str, int]:
        return {LANGUAGE_NAMES.get(key, key or unknown): n for key, n in counts.items()}

    def countries(counts: Mapping[str, int]) -> dict[str, int]:
        named = {}
        for code, count in counts.items():
            named[country_name(code, _.language) if code else unknown] = count
        return named

    return [
        (_("Asked, by topic"), topics(report.asked.topic)),
        (_("Asked, by language"), languages(report.asked.language)),
        (_("Asked, by country"), countries(report.asked.country)),
        (_("Handed to people, by topic"), topics(report.handed.topic)),
        (_("Handed to people, by language"), languages(report.handed.language)),
        (_("Handed to people, by country"), countries(report.handed.country)),
        (_("Marked as no help"), dict(report.wrong)),
    ]


def as_csv(month: str, report: Report, gaps: Sequence[Gap], _: Translate) -> str:
    """Rows of month, table, name and count; safe to open in a spreadsheet."""
    median, slow = (quantile(report.seconds, share) for share in (0.5, 0.9))
    rows: list[tuple[str, str, object]] = [("decision", *pair) for pair in report.decisions.items()]
    rows += [
        ("sum", "asked", report.total),
        ("sum", "answered_by_bot", report.answered_by_bot),
        ("sum", "handed_over", report.handed_over),
        ("sum", "answered_by_people", report.answered_by_people),
        ("sum", "open_now", report.open),
        ("sum", "refused", report.refused),
        ("sum", "wrong", sum(report.wrong.values())),
        ("hours_to_answer", "median", "" if median is None else f"{median / _HOUR:.2f}"),
        ("hours_to_answer", "p90", "" if slow is None else f"{slow / _HOUR:.2f}"),
    ]
    for kind, counts in (("asked", report.asked), ("handed_over", report.handed)):
        for field in ("topic", "language", "country"):
            rows += [(f"{kind}_by_{field}", *pair) for pair in getattr(counts, field).items()]
    rows += [("wrong_by_article", *pair) for pair in report.wrong.items()]
    rows += [("gap", " ".join(gap.words), gap.count) for gap in gaps]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(("month", "table", "name", "count"))
    for table, name, count in rows:
        writer.writerow((month, table, guarded(name), count))
    return written.getvalue()


def as_charts(report: Report, gaps: Sequence[Gap], _: Translate) -> tuple[BarChart, ...]:
    """The charts of the picture; none where nothing was asked."""
    sums = {
        _("By the assistant"): report.answered_by_bot,
        _("By people"): report.answered_by_people,
        _("Open now"): report.open,
        _("Refused"): report.refused,
        _("No help"): sum(report.wrong.values()),
    }
    wanted = [(_("Answers"), sums), *tables(report, _)[:3]]
    wanted.append((_("Gaps"), {" ".join(gap.words[:3]): gap.count for gap in gaps}))
    return tuple(
        BarChart(
            title=title,
            bars=tuple(
                Bar(label=name[:24], count=count) for name, count in list(counts.items())[:SHOWN]
            ),
        )
        for title, counts in wanted
        if counts
    )
