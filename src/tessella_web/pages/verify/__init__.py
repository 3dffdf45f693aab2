"""The verifier's page: hand in anything, read what holds."""
