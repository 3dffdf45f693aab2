"""Asking a receiving organisation to decide whether credentials make a larger one, deciding it, and what happens when a part falls."""
