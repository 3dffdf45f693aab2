"""Signing in with django-allauth: what is ours about it (ADR 0025)."""
