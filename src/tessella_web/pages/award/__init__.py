"""Awarding: keys, batches, awards; and what the public and the holder see of them."""
