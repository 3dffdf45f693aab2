"""Guidance on the platform: skills gaps, entry requirements, funding, demand for work, and lists that counsellors make."""
