"""Derived facts: what rules compute from a record beyond its plain fields, one function per fact."""

from tessella.standard.facts import assessment, award, levels, outcomes, quality, roles, volume

__all__ = ["assessment", "award", "levels", "outcomes", "quality", "roles", "volume"]
