"""Hostile answers: whatever a target answers, a run ends by itself, and its reports are whole and harmless."""
