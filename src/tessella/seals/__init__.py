"""Securing mechanisms: who signs which bytes, and how that is checked again.

Seals know no credential format. They take bytes or a credential's JSON, a signer and a time, and give
back sealed bytes; read the other way round they give a verdict with reasons. They are independent of one
another but for ``_jws`` and ``_timestamps``, which they share.
"""
