"""Generated calls: Schemathesis's engine, split over processes."""
