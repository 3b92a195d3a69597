"""The store: records by id and by key, behind a narrow interface. TinyDB stays inside this package."""

from mockserver.store.record import Record
from mockserver.store.store import Change, Page, Store, StoreError

__all__ = ["Change", "Page", "Record", "Store", "StoreError"]
