"""Request journal of a sandbox: recorded exchanges, counters, HAR export, pattern matching, lint findings.

Recording only stores references to existing objects. Parsing, pseudonymization and JSON, which cost time, happen when
the journal is read.
"""

from pii_sandbox.mockserver.journal.counters import CounterKey, Counters
from pii_sandbox.mockserver.journal.exchange import CompactExchange, JournalExchange, Refusal
from pii_sandbox.mockserver.journal.journal import Journal

__all__ = ["CompactExchange", "CounterKey", "Counters", "Journal", "JournalExchange", "Refusal"]
