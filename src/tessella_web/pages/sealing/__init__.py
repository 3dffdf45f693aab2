"""Who seals: the choice, the mandates, and what it means for those who receive."""
