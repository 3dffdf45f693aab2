"""A person's wallet: what they hold, what it means, whom they show it."""
