"""`pii-sandbox` with a store that is compacting nearly all the time: kills should meet it at that."""

from __future__ import annotations

from mockserver.store import compacting, journaled
from pii_sandbox.cli import main

if __name__ == "__main__":
    journaled.SPARED_BYTES, journaled._GROWTH = 20_000, 1
    compacting.DOCUMENTS_A_LINE = 16
    compacting._REST_SECONDS = 0.01
    main(prog_name="pii-sandbox")
