"""Tests of the mutation tester."""
