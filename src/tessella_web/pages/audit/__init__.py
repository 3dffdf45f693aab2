"""What happened in an organisation, and the signed heads of the trail that tells it."""
