"""Personal data and credentials leave no run in clear: not in a report, a command to repeat, a log or a ledger.

Values that a document marks `x-pii`, `x-masked` or `x-secret`, what stands in credential headers and what looks like an
email, a phone, a document or a card number become stable pseudonyms (`email#7f3a`), so that one person can be followed.
Once seen, such a value is hunted in every text, in whatever encoding it comes back.

Left as they are: masked values (`j***`), and in free text what is no more than a word of the documents or a number of
fewer than five digits; at a marked place these are hidden as well.
"""

from __future__ import annotations

from pii_sandbox.conformance.redaction.logs import Quiet
from pii_sandbox.conformance.redaction.redactor import Redactor, findings_of

__all__ = ["Quiet", "Redactor", "findings_of"]
