"""What clients asked of a sandbox and what they were answered: recorded on the way, read and judged afterwards.

Recording keeps references to what is there anyway. Whatever costs time (parsing, pseudonyms, JSON) happens when
somebody reads.
"""

from pii_sandbox.mockserver.journal.counters import CounterKey, Counters
from pii_sandbox.mockserver.journal.exchange import Exchange, RecordedExchange, Refusal
from pii_sandbox.mockserver.journal.journal import Journal

__all__ = ["CounterKey", "Counters", "Exchange", "Journal", "RecordedExchange", "Refusal"]
