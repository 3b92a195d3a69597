"""The command `pii-sandbox`: one module for each subcommand."""
