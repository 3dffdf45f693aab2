"""Alliances: organisations that award together, each sealing its own copies, in any order."""
