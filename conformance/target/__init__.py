"""Where a run goes and what it may do there: target files and local sandboxes."""
