"""Structured logs: names and ids, never message text, contact data or tokens."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import TextIO

import structlog

from bot.config import LogSettings
from bot.redacting import RedactingFormatter, Redactor


def configure(
    settings: LogSettings,
    *,
    is_quiet: bool = False,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Write to standard error; ``is_quiet`` keeps what is below a warning to itself.

    ``secrets`` (``bot.redacting.secrets_of``) are masked wherever they would appear, tracebacks
    included. The libraries' own loggers are held at warnings: their debug lines carry tokens in
    addresses, and what people write.
    """
    stream = stream or sys.stderr
    redactor = Redactor(secrets)
    level = logging.WARNING if is_quiet else getattr(logging, settings.level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Before the mask, so that what an exception quotes is masked too.
            structlog.processors.format_exc_info,
            redactor.processor,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(redactor))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    sys.excepthook = _excepthook(redactor, stream)


def _excepthook(
    redactor: Redactor, stream: TextIO
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    """What ends the process is printed like everything else: without secrets."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        lines = traceback.format_exception(kind, error, trace)
        print(redactor.text("".join(lines)), file=stream, end="")

    return show
