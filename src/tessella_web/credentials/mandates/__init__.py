"""Who seals: the organisation itself, or another body under a mandate."""
