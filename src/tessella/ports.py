"""The ports: what the pure library asks of the outside world, as Protocols.

Adapters implement them; tests use simulators that implement the same Protocols. Nothing here does IO.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

__all__ = ["Clock", "Fetched", "Fetcher", "SecretWrapper", "Signer", "VerifyingKey"]


@runtime_checkable
class Clock(Protocol):
    """Tells the time."""

    def now(self) -> dt.datetime:
        """The present instant, time-zone aware, UTC."""
        ...


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """An answer from the network: the final address, the body and when it was fetched (UTC)."""

    url: str
    body: bytes
    media_type: str = ""
    fetched_at: dt.datetime | None = None


@runtime_checkable
class Fetcher(Protocol):
    """Fetches a document by address, if policy allows."""

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """Fetch ``url``.

        Raises:
            AccessError: refused by policy, unreachable, not 2xx, or larger than ``max_bytes``.
        """
        ...


@runtime_checkable
class Signer(Protocol):
    """A private key that never shows itself: it signs bytes and names its public half.

    ``algorithm`` is the JOSE name: ``Ed25519``, ``ES256``, ``ES384`` or ``RS256``. ECDSA signatures are
    the fixed-length ``r‖s`` of RFC 7518 §3.4 (never DER).
    """

    @property
    def algorithm(self) -> str: ...

    @property
    def public_jwk(self) -> Mapping[str, str]:
        """The public key as a JWK (RFC 7517), without private members."""
        ...

    @property
    def verification_method(self) -> str:
        """The DID URL under which the public key is found, or the empty string."""
        ...

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        """DER certificates, end entity first; empty when the key has none."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data`` (the primitive hashes; pass the whole message)."""
        ...


@runtime_checkable
class VerifyingKey(Protocol):
    """A public key that checks signatures of one algorithm (names as for `Signer`)."""

    @property
    def algorithm(self) -> str: ...

    def verify(self, signature: bytes, data: bytes) -> None:
        """Return None when ``signature`` over ``data`` holds.

        Raises:
            SealError: it does not.
        """
        ...


@runtime_checkable
class SecretWrapper(Protocol):
    """A secret key that never shows itself and wraps short secrets, such as an AES key in a token."""

    @property
    def id(self) -> str:
        """Names it, without telling anything about it."""
        ...

    def wrap(self, secret: bytes) -> bytes:
        """The secret, to be opened with `unwrap` only.

        Raises:
            AccessError: the key cannot be reached.
        """
        ...

    def unwrap(self, wrapped: bytes) -> bytes:
        """The secret from what `wrap` made.

        Raises:
            AccessError: the key cannot be reached, or did not wrap this.
        """
        ...
