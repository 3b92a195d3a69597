"""Mechanisms that vendors share, as pure functions of values: no store, clock, HTTP or vendor name."""
