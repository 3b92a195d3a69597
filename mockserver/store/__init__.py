"""The store: records by id and by key, behind a narrow interface. TinyDB stays inside this package."""

from pii_sandbox.mockserver.store.part import Part
from pii_sandbox.mockserver.store.record import Record
from pii_sandbox.mockserver.store.store import Change, Page, Store, StoreError
from pii_sandbox.mockserver.store.text_columns import Column, Contains

__all__ = ["Change", "Column", "Contains", "Page", "Part", "Record", "Store", "StoreError"]
