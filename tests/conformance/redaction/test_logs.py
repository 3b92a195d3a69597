"""Log records that pass the filter are redacted, their arguments and tracebacks included."""

from __future__ import annotations

import logging
import sys

from pii_sandbox.conformance.redaction import Quiet, Redactor


def test_a_log_record_is_redacted_with_its_arguments_and_its_traceback() -> None:
    quiet = Quiet(Redactor("guide", ["Zx-Quill"]))
    try:
        raise ValueError("not Zx-Quill")
    except ValueError:
        record = logging.LogRecord("a", logging.INFO, "a.py", 1, "%s called %s", ("Zx-Quill", "us"), sys.exc_info())
    assert quiet.filter(record) is True
    text = logging.Formatter().format(record)
    assert "Zx-Quill" not in text
    assert text.startswith("value#")
    assert " called us\nTraceback" in text
    assert "ValueError: not value#" in text


def test_a_log_record_without_traceback_gets_none() -> None:
    record = logging.LogRecord("a", logging.INFO, "a.py", 1, "100 %", None, None)
    quiet = Quiet(Redactor())
    assert quiet.name == "", "the filter of all loggers"
    assert quiet.filter(record)
    assert (record.getMessage(), record.exc_text) == ("100 %", None)
