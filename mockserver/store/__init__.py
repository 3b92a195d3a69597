"""The store: records by id and by key, behind a narrow interface. TinyDB stays inside this package."""

from mockserver.store.record import Record
from mockserver.store.store import Page, Store, StoreError

__all__ = ["Page", "Record", "Store", "StoreError"]
