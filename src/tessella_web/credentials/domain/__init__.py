"""The verbs about batches, awards and their status."""
