"""Verifying for anybody who asks: what was handed in is answered and not kept."""
