"""Asking for a decision on a stack, deciding it, and what happens when a part falls."""
