"""Structured logs: names and ids, never message text, contact data or tokens."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.config import LogSettings


def configure(settings: LogSettings, *, is_quiet: bool = False) -> None:
    """Write to standard error; ``is_quiet`` keeps what is below a warning to itself.

    The libraries' own loggers are held at warnings: their debug lines carry tokens in addresses.
    """
    level = logging.WARNING if is_quiet else getattr(logging, settings.level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.format == "json":
        processors.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, force=True)
