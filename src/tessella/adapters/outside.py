"""A signer whose private key is elsewhere: in a token, at a signing service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from tessella.errors import KeyMaterialError, SealError
from tessella.keys import PublicKey
from tessella.text import say

__all__ = ["OutsideSigner"]


class OutsideSigner:
    """A key that is elsewhere (implements `ports.Signer`).

    Every signature is verified with the public key before it is handed out: what comes back from elsewhere, damaged or made
    with another key, never gets into a credential.

    Args:
        public_key: the public half, with the algorithm.
        make: the signature over a message, in the JOSE form; raises errors of the library only.
        certificates: DER, end entity first.
        verification_method: the DID URL of the public half, if it has one.

    Raises:
        KeyMaterialError: ``key.algorithm``, an algorithm that is only read here; ``key.mismatch``, the certificate is of
            another key.
    """

    __slots__ = ("_certificates", "_make", "_method", "_public")

    def __init__(
        self,
        public_key: PublicKey,
        make: Callable[[bytes], bytes],
        *,
        certificates: Sequence[bytes] = (),
        verification_method: str = "",
    ) -> None:
        if public_key.algorithm not in ("Ed25519", "ES256", "ES384", "RS256"):
            raise KeyMaterialError(
                say("Keys for %(name)s are read but not used to sign.", name=public_key.algorithm),
                code="key.algorithm",
                got=public_key.algorithm,
                hint=say("Sign with Ed25519, ES256, ES384 or RS256."),
            )
        if certificates:
            certified = PublicKey.from_certificate_der(certificates[0])
            if certified.to_spki_der() != public_key.to_spki_der():
                raise KeyMaterialError(
                    say("The certificate belongs to another key."),
                    code="key.mismatch",
                    hint=say("Give the chain of this key's certificate, end entity first."),
                )
        self._public = public_key
        self._make = make
        self._certificates = tuple(certificates)
        self._method = verification_method

    @property
    def algorithm(self) -> str:
        """The JOSE name of the algorithm."""
        return self._public.algorithm

    @property
    def public_key(self) -> PublicKey:
        """The public half."""
        return self._public

    @property
    def public_jwk(self) -> Mapping[str, str]:
        """The public half as a JWK."""
        return self._public.to_jwk()

    @property
    def verification_method(self) -> str:
        """The DID URL under which others find the public half, or the empty string."""
        return self._method

    @property
    def certificate_chain(self) -> tuple[bytes, ...]:
        """DER certificates, end entity first; empty when the key has none."""
        return self._certificates

    def with_verification_method(self, did_url: str) -> OutsideSigner:
        """The same key that names itself ``did_url`` in the seals it makes."""
        return OutsideSigner(
            self._public, self._make, certificates=self._certificates, verification_method=did_url
        )

    def with_certificates(self, chain: Sequence[bytes]) -> OutsideSigner:
        """The same key with its certificate chain (DER, end entity first)."""
        return OutsideSigner(self._public, self._make, certificates=chain, verification_method=self._method)

    def sign(self, data: bytes) -> bytes:
        """The signature over ``data``, verified; ECDSA as ``r‖s`` of fixed length.

        Raises:
            SealError: ``seal.outside``, what came back is not a signature of this key.
            AccessError: the key cannot be reached.
        """
        signature = self._make(data)
        try:
            self._public.verify(signature, data)
        except SealError as error:
            raise SealError(
                say("What the token or service sent back is not a signature of this key."),
                code="seal.outside",
                hint=say("Check that the certificate belongs to the key that is named."),
            ) from error
        return signature

    def __repr__(self) -> str:
        return f"OutsideSigner({self.algorithm}, {self._public.thumbprint})"

    def __reduce_ex__(self, _protocol: object) -> NoReturn:
        raise KeyMaterialError(
            say("A private key is not copied or sent to another process."),
            code="key.private",
            hint=say("Open it where it is needed."),
        )
