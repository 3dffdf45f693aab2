"""Tessella: European micro-credentials, described, checked, sealed and verified."""
