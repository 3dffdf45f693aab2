"""Leaving: everything about a person goes, in every app, also when an older backup comes back; a signed report says what went."""
