"""A shop that keeps its customers at four vendors."""
