"""What can go wrong with a store."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be opened or written; the message is fit for a user."""
