"""What `pii-sandbox check` does between the command line and the harness."""
