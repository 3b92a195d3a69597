"""What a run made at a target: ownership, the ledger, undo and recovery."""
