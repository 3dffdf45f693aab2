"""Secret keys in a token that wrap, such as the key-encryption key of a platform."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from tessella.adapters.pkcs11 import Token, attribute, driver
from tessella.adapters.pkcs11uri import TokenUri
from tessella.errors import ConfigError, KeyMaterialError
from tessella.text import say

__all__ = ["TokenWrapper", "TokenWrappers"]


class TokenWrapper:
    """An AES key in a token that wraps short secrets by AES Key Wrap, RFC 3394 (implements `ports.SecretWrapper`).

    The key itself cannot be read; ``id`` names it.
    """

    def __init__(self, token: Token, number: bytes) -> None:
        self._token = token
        self.number = number
        text = f"{token.uri.token} {token.uri.serial} {token.uri.object} {number.hex()}"
        self.id = hashlib.sha256(b"tessella-token-kek-id" + text.encode()).hexdigest()[:16]

    def wrap(self, secret: bytes) -> bytes:
        """The secret, wrapped inside the token.

        Raises:
            AccessError: ``access.token``.
        """
        kinds, names = driver(), driver().constants

        def work(session: Any) -> bytes:
            thing = session.create_object(
                {
                    names.Attribute.CLASS: names.ObjectClass.SECRET_KEY,
                    names.Attribute.KEY_TYPE: kinds.KeyType.AES,
                    names.Attribute.VALUE: secret,
                    names.Attribute.TOKEN: False,
                    names.Attribute.EXTRACTABLE: True,
                    names.Attribute.SENSITIVE: False,
                }
            )
            try:
                return bytes(self._key(session).wrap_key(thing, mechanism=kinds.Mechanism.AES_KEY_WRAP))
            finally:
                thing.destroy()

        return self._token.run(work)

    def unwrap(self, wrapped: bytes) -> bytes:
        """The secret from what `wrap` made.

        Raises:
            AccessError: ``access.token``, also when it was wrapped by another key or changed.
        """
        kinds, names = driver(), driver().constants

        def work(session: Any) -> bytes:
            thing = self._key(session).unwrap_key(
                names.ObjectClass.SECRET_KEY,
                kinds.KeyType.AES,
                wrapped,
                mechanism=kinds.Mechanism.AES_KEY_WRAP,
                store=False,
                template={names.Attribute.EXTRACTABLE: True, names.Attribute.SENSITIVE: False},
            )
            try:
                return bytes(thing[names.Attribute.VALUE])
            finally:
                thing.destroy()

        return self._token.run(work)

    def destroy(self) -> None:
        """Remove the key from the token: what it wrapped never opens again."""
        self._token.run(lambda session: self._key(session).destroy())

    def _key(self, session: Any) -> Any:
        found = _secret_keys(session, self._token.uri).get(self.number)
        if found is None:
            raise KeyMaterialError(
                say("The key-encryption key is not in the token any more."),
                code="key.token",
                hint=say("Restore the token's backup."),
            )
        return found


class TokenWrappers:
    """The AES keys of one label in a token; the one with the highest number (``CKA_ID``) is the present one.

    Args:
        uri: names token and label (``object``).
        pin: as in `open_token_signer`.

    Raises:
        ConfigError: ``config.pkcs11-uri``, also without ``object``; ``config.pkcs11``.
    """

    def __init__(self, uri: str, *, pin: Callable[[], str] | None = None) -> None:
        parsed = TokenUri.parse(uri)
        if not parsed.object or parsed.id:
            raise ConfigError(
                say("A key-encryption key in a token is named by its label alone."),
                code="config.pkcs11-uri",
                hint=say("Write object=… and leave out id=: the key gets a new id with each rotation."),
            )
        self._token = Token(parsed, pin)

    def all(self) -> tuple[TokenWrapper, ...]:
        """Those that are there, the present one first."""
        numbers = self._token.run(lambda session: list(_secret_keys(session, self._token.uri)))
        return tuple(TokenWrapper(self._token, number) for number in sorted(numbers, reverse=True))

    def make(self) -> TokenWrapper:
        """A fresh AES-256 key, made in the token, which does not give it away; it is the present one from now on."""
        kinds, names = driver(), driver().constants
        present = self.all()
        number = int.from_bytes(present[0].number) + 1 if present else 1

        def work(session: Any) -> None:
            session.generate_key(
                kinds.KeyType.AES,
                256,
                id=number.to_bytes(4),
                label=self._token.uri.object,
                store=True,
                capabilities=kinds.MechanismFlag.WRAP | kinds.MechanismFlag.UNWRAP,
                template={names.Attribute.EXTRACTABLE: False, names.Attribute.SENSITIVE: True},
            )

        self._token.run(work)
        return TokenWrapper(self._token, number.to_bytes(4))


def _secret_keys(session: Any, uri: TokenUri) -> dict[bytes, Any]:
    names = driver().constants
    found = session.get_objects(
        {
            names.Attribute.CLASS: names.ObjectClass.SECRET_KEY,
            names.Attribute.LABEL: uri.object,
            names.Attribute.TOKEN: True,
        }
    )
    return {attribute(one, names.Attribute.ID): one for one in found}
