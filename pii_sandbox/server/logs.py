"""Logging of the server: internal errors always, requests on demand; without personal data."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Literal

Format = Literal["text", "json"]
LEVELS = ("info", "warning", "error")


class JsonFormatter(logging.Formatter):
    """Formats a log record as one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        request = getattr(record, "request", None)
        line |= {"message": record.getMessage()} if request is None else request
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(form: Format | None, level: str | None) -> None:
    """Configure logging. Requests are logged at level `info`, which is the default if a format is given."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        JsonFormatter() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    chosen = level or ("info" if form else "warning")
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("pii_sandbox.mockserver").setLevel(chosen.upper())
