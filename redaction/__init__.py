"""Redaction: replaces personal data and credentials in JSON and texts by pseudonyms, for the journal and for reports.

Replaced are values that a document marks `x-pii`, `x-masked` or `x-secret`, and what looks like an email address, a
phone, document or card number. Pseudonyms (`email#7f3a`) are stable, so that a person can be followed. Replaced values
are also searched in all other texts, in any spelling and encoding. Time is linear in the text; JSON may have any depth.

`Pseudonymizer` serves one exchange of the journal, `ReportPseudonymizer` a whole run of the harness. Each has `json`
for JSON values and `text` for texts.
"""

from pii_sandbox.redaction.pseudonymization import Pseudonymizer
from pii_sandbox.redaction.report_pseudonymization import ReportPseudonymizer

__all__ = ["Pseudonymizer", "ReportPseudonymizer"]
