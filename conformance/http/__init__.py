"""How requests are sent: pace, limits, retries and responses."""
