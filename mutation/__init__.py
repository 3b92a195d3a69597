"""Mutation testing: random changes to the mock server judged by the scenarios, and to the harness judged by its tests.

Mutation operators are those of cosmic-ray and three of our own; the judges are ours, because one mutant must take
about a second. docs/reference/equivalent-mutants.md has the method, the figures and the equivalent mutants.
"""
