"""What a run saw and what it plays, as plain values."""
