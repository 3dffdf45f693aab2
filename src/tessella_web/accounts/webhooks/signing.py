"""Signatures of webhooks after the Standard Webhooks convention (standardwebhooks.com, 1.0): HMAC-SHA256, ``v1``.

1. The signed text is ``{id}.{timestamp}.{body}``: the message's id, when it was sent (Unix seconds), and the body as it is sent.
2. The key is what follows ``whsec_`` in the secret, base64-decoded.
3. ``webhook-signature`` holds ``v1,`` and the base64 of the HMAC, once for each secret in use, separated by spaces.

Receivers compare in constant time, refuse time stamps older than some minutes, and remember the ids they have seen.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from tessella.keys import PrivateKey

__all__ = ["headers", "secret_of"]

PREFIX = "whsec_"


def secret_of(key: PrivateKey) -> str:
    """The shared secret that goes with a private key: private keys are what this platform knows how to keep.

    Ed25519 signs the same text always alike (RFC 8032 §5.1.6), and nobody without the key can.
    """
    return PREFIX + base64.b64encode(hashlib.sha256(key.sign(b"tessella webhook secret")).digest()).decode()


def headers(*, id: str, timestamp: int, body: bytes, secrets: Sequence[str]) -> Mapping[str, str]:
    """What is sent with the body."""
    signed = f"{id}.{timestamp}.".encode() + body
    marks = [
        hmac.digest(base64.b64decode(one.removeprefix(PREFIX)), signed, hashlib.sha256) for one in secrets
    ]
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join("v1," + base64.b64encode(mark).decode() for mark in marks),
    }
