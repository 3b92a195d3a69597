"""The command `pii-sandbox`: one module a subcommand."""
