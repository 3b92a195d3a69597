"""Logs, redacted."""

from __future__ import annotations

import logging

from pii_sandbox.conformance.redaction.redactor import Redactor


class Quiet(logging.Filter):
    """A filter for log handlers: what passes it holds nothing that the redactor knows, tracebacks included."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = self._redactor.text(record.getMessage()), None
        if record.exc_info:
            record.exc_text = self._redactor.text(logging.Formatter().formatException(record.exc_info))
        return True
