"""What clients asked of a sandbox and what they were answered: recorded on the way, read and judged afterwards.

Recording keeps references to what is there anyway. Whatever costs time (parsing, pseudonyms, JSON) happens when
somebody reads.
"""

from mockserver.journal.exchange import Exchange, Recorded, Refusal
from mockserver.journal.recorded import Journal
from mockserver.journal.tally import Answered, Tally

__all__ = ["Answered", "Exchange", "Journal", "Recorded", "Refusal", "Tally"]
