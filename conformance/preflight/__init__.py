"""Preflight: a few safe reads that show, before the first rule, whether a target can be checked at all."""
