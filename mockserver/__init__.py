"""Plays the vendors' documents: five customer-profile APIs, stateful, on one port."""
