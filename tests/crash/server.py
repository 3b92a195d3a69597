"""`pii-sandbox` with a store that is compacting nearly all the time: kills should meet it at that."""

from __future__ import annotations

from pii_sandbox.cli.group import main
from pii_sandbox.mockserver.store import compaction, file_storage

if __name__ == "__main__":
    file_storage.SPARED_BYTES, file_storage._GROWTH = 20_000, 1
    compaction.DOCUMENTS_A_LINE = 16
    compaction._REST_SECONDS = 0.01
    main(prog_name="pii-sandbox")
