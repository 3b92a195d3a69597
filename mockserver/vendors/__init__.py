"""The vendors that the server plays. Adding one adds its line here and touches no other."""

from pii_sandbox.mockserver.vendor import Vendor
from pii_sandbox.mockserver.vendors import fashionai, newstore, oracle, vtex

VENDORS: tuple[Vendor, ...] = (vtex.VENDOR, newstore.VENDOR, fashionai.VENDOR, oracle.VENDOR)
