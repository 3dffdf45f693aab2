"""Alliances: members, and what they award together."""
