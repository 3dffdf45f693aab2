"""Keys that the platform keeps for learners, and uses only at their word."""
