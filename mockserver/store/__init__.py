"""The document store of a sandbox: records by id and by key. TinyDB is used in this package alone."""

from pii_sandbox.mockserver.store.diff import TableDiff
from pii_sandbox.mockserver.store.errors import StoreError
from pii_sandbox.mockserver.store.paging import Page
from pii_sandbox.mockserver.store.part import Part
from pii_sandbox.mockserver.store.record import Record
from pii_sandbox.mockserver.store.store import Store
from pii_sandbox.mockserver.store.text_columns import Column, Contains

__all__ = ["Column", "Contains", "Page", "Part", "Record", "Store", "StoreError", "TableDiff"]
