"""Noticing: what learners hold is looked at again, and they are told of changes before somebody else finds out."""
