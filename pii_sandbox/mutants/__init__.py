"""Mutation tests of the harness: breaks one rule of the mock server at a time; a scenario of that rule must fail."""
