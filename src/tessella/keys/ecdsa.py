"""The two forms of an ECDSA signature."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tessella.errors import KeyMaterialError
from tessella.keys.algorithms import algorithm_named
from tessella.text import say

__all__ = ["ecdsa_joined"]


def ecdsa_joined(signature: bytes, algorithm: str) -> bytes:
    """A signature as ``r‖s`` of fixed length (RFC 7518 §3.4), from the ``ECDSA-Sig-Value`` (RFC 3279 §2.2.3) or from itself.

    Says nothing about whether it holds. Of the two forms only the joined one has exactly its length and is not such a DER value.

    Raises:
        KeyMaterialError: ``key.signature-form``, it is neither.
    """
    size = algorithm_named(algorithm).signature_bytes
    half = size // 2
    try:
        r, s = decode_dss_signature(signature)
        return r.to_bytes(half) + s.to_bytes(half)
    except (ValueError, OverflowError) as error:
        if size and len(signature) == size:
            return signature
        raise KeyMaterialError(
            say("This is not an ECDSA signature for %(algorithm)s.", algorithm=algorithm),
            code="key.signature-form",
            got=len(signature),
            hint=say("Check that the right key is named."),
        ) from error
