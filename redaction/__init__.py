"""Redaction: personal data and credentials are taken out of JSON and texts, for the journal and for reports alike.

Values that a document marks `x-pii`, `x-masked` or `x-secret`, and what looks like an email, a phone, a document or a
card number, become stable pseudonyms (`email#7f3a`), so that one person can be followed. Known values are searched in
every other text, however they are written there. All of it takes time linear in the text, and any depth of JSON.

`Pseudonymizer` serves one exchange of the journal, `ReportPseudonymizer` a whole run of the harness. Each has `json`
for JSON values and `text` for texts.
"""

from pii_sandbox.redaction.pseudonymization import Pseudonymizer
from pii_sandbox.redaction.report_pseudonymization import ReportPseudonymizer

__all__ = ["Pseudonymizer", "ReportPseudonymizer"]
