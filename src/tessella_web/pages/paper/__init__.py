"""Sheets of paper: printed by staff, checked by anybody, taken by their owners."""
