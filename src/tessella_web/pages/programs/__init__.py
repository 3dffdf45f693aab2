"""For programs: tokens, and where events are sent."""
