"""Bringing in: files from anywhere are taken apart into credentials, each checked and kept, and what became of each is told."""
