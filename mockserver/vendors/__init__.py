"""The vendors that the server plays. Adding one adds its line here and touches no other."""

from mockserver.vendor import Vendor
from mockserver.vendors import fashionai, newstore, oracle, vtex

VENDORS: tuple[Vendor, ...] = (vtex.VENDOR, newstore.VENDOR, fashionai.VENDOR, oracle.VENDOR)
