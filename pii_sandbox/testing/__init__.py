"""Python client of a sandbox server, for tests: used by the fixtures of the pytest plugin, and by any other code."""

from pii_sandbox.testing.connection import Connection, Refused
from pii_sandbox.testing.documents import Documents
from pii_sandbox.testing.people import Shopper
from pii_sandbox.testing.sandbox import Sandbox
from pii_sandbox.testing.snapshots import Snapshot

__all__ = ["Connection", "Documents", "Refused", "Sandbox", "Shopper", "Snapshot"]
