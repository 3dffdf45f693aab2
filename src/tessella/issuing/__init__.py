"""From record to sealed credentials: class lists, awards, formats joined with seals, batches."""
