"""Makes the digests by which a person is looked for in the background, once a large sandbox is there.

The first look would make them itself: at 12,000 shoppers it takes a second, each further one some milliseconds.
"""

from __future__ import annotations

import threading
import time

from pii_sandbox.mockserver.rules import search_digests
from pii_sandbox.mockserver.store import Store

FEW = 5_000  # records; of fewer the first look makes the digests in a few hundredths of a second
THREAD_NAME = "search digests"
_PAUSE_SECONDS = 0.001  # after each part, so that requests are served meanwhile


def prepare_in_background(store: Store) -> threading.Thread | None:
    """Start a thread that makes them, which ends with the process; None for a store of few records."""
    if sum(store.counts().values()) < FEW:
        return None
    thread = threading.Thread(target=prepare, args=(store,), name=THREAD_NAME, daemon=True)
    thread.start()
    return thread


def prepare(store: Store) -> None:
    """Make the digests of all records that are there now."""
    for _, part in store.parts():
        part.derived(search_digests.emails)
        part.derived(search_digests.numbers)
        time.sleep(_PAUSE_SECONDS)
