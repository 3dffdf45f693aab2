"""The public catalogue: find, compare, follow, and see who provides."""
