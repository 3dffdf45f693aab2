"""Pathways: the rules that receiving organisations publish about what counts towards an award of theirs."""
