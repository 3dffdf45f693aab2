"""Guidance: what is missing for an occupation, what a wallet opens, what learning costs somebody, what work is in demand.

Everything here says why, and where its data come from and of what day. Knows no seals, keys or formats, and opens nothing.
"""
