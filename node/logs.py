"""Structured logs: lines for people or JSON for machines; never a secret in either."""

import logging
import sys
from typing import Any, Final, TextIO

import orjson
import structlog

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure_logs(level: str, *, is_json: bool, target: TextIO | None = None) -> None:
    """Configure the process's logging once, at start; our records and libraries' alike.

    Lines go to ``target``, the error stream where there is none.
    """
    target = target or sys.stderr
    number = _LEVELS[level]
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=_dumps)
        if is_json
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=target),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=target, format="%(name)s: %(message)s")


def _dumps(record: Any, **options: Any) -> str:
    return orjson.dumps(record, default=options.get("default", str)).decode()
