"""Errors of the store."""

from __future__ import annotations


class StoreError(Exception):
    """The store cannot be opened or written. The message can be shown to a user."""
