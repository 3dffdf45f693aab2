"""Guidance: skills gaps, entry requirements, funding, demand, option lists."""
