"""The store: records by id and by key, behind a narrow interface. TinyDB stays inside this package."""

from mockserver.store.columns import Column, Holding
from mockserver.store.record import Record
from mockserver.store.store import Change, Page, Store, StoreError

__all__ = ["Change", "Column", "Holding", "Page", "Record", "Store", "StoreError"]
