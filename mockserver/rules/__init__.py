"""Rule mechanisms that several vendors share, as pure functions: no store, clock, HTTP or vendor name."""
