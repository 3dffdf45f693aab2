"""Where a key is that is not in a key store: named by an address, or described in a file.

A file is YAML or JSON with one of::

    pkcs11: "pkcs11:token=Seals;object=eseal?module-path=/usr/lib/…/module.so"
    pin_file: /run/secrets/pin

    remote: https://csc.example/csc/v2
    credential: seal-2026
    token_file: /run/secrets/access-token          # or token_url, client_id, client_secret_file
    pin_file: /run/secrets/pin                      # where the key asks for one

    pkcs12: /etc/tessella/eseal.p12
    password_file: /run/secrets/p12

and, for all of them, ``certificates: chain.pem`` where the key's place does not hold the chain, and ``verification_method`` for
badges. Secrets stand in files of their own, never in this one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tessella import typed
from tessella.adapters.descriptions import parse_description
from tessella.adapters.files import read_bytes
from tessella.adapters.outside import OutsideSigner
from tessella.adapters.pkcs11 import open_token_signer
from tessella.adapters.pkcs11uri import SCHEME
from tessella.adapters.signingservice import SigningService, open_service_signer
from tessella.errors import ConfigError
from tessella.keys import PrivateKey, ordered_chain
from tessella.text import say

__all__ = ["PLACE_FILES", "KeyPlace", "as_plain", "is_place", "open_signer", "place_from", "read_place"]

MAX_PLACE_BYTES = 64 * 1024  # bytes
"""A description of one key has a dozen lines."""

MAX_SECRET_BYTES = 16 * 1024  # bytes
"""Access tokens are a few kilobytes at most."""

PLACE_FILES = (
    "pkcs12",
    "token_file",
    "client_secret_file",
    "pin_file",
    "otp_file",
    "password_file",
    "ca_file",
    "client_certificate",
)
"""The members of a place that name files, beside ``certificates``."""

_SUFFIXES = (".yaml", ".yml", ".json")
_PEM = b"-----BEGIN CERTIFICATE-----"


class KeyPlace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where one key is; exactly one of ``pkcs11``, ``remote`` and ``pkcs12`` is given. See the module for the rest."""

    pkcs11: str = ""
    remote: str = ""
    pkcs12: str = ""
    credential: str = ""
    token_file: str = ""
    token_url: str = ""
    client_id: str = ""
    client_secret_file: str = ""
    pin_file: str = ""
    otp_file: str = ""
    password_file: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    certificates: str = ""
    verification_method: str = ""

    def __post_init__(self) -> None:
        kinds = [name for name in ("pkcs11", "remote", "pkcs12") if getattr(self, name)]
        if len(kinds) != 1:
            raise ValueError("give one of pkcs11, remote and pkcs12")
        if self.remote and not self.credential:
            raise ValueError("remote needs credential")


def is_place(text: str) -> bool:
    """Whether this is an address or a file that says where a key is, rather than the name of a key in a store."""
    return text.startswith(SCHEME) or text.lower().endswith(_SUFFIXES)


def read_place(text: str) -> KeyPlace:
    """A place from a ``pkcs11:`` address or from the path of a file.

    Raises:
        ConfigError: ``config.key-place``.
        AccessError, LimitError, DecodeError: the file cannot be read.
    """
    if text.startswith(SCHEME):
        return KeyPlace(pkcs11=text)
    path = Path(text)
    return place_from(parse_description(read_bytes(path, max_bytes=MAX_PLACE_BYTES), text), text)


def place_from(data: Any, name: str) -> KeyPlace:
    """A place from plain data; raises `ConfigError` as `read_place`."""
    try:
        return typed.convert(data, KeyPlace)
    except msgspec.ValidationError as error:
        raise ConfigError(
            say("This does not say where a key is: %(reason)s.", reason=str(error)),
            code="config.key-place",
            place=name,
            hint=say("Write pkcs11, remote with credential, or pkcs12, as the documentation of seals shows."),
        ) from error


def open_signer(place: KeyPlace) -> PrivateKey | OutsideSigner:
    """The key at a place, ready to sign; the chain and the verification method as the place says.

    Without a certificate and a verification method the key is its own did:key.

    Raises:
        ConfigError, KeyMaterialError, AccessError: as the openers of tokens, services and files.
    """
    signer = _opened(place)
    if place.certificates:
        signer = signer.with_certificates(_chain(Path(place.certificates)))
    if place.verification_method:
        return signer.with_verification_method(place.verification_method)
    if not signer.certificate_chain:
        return signer.with_verification_method(signer.public_key.did_key_url)
    return signer


def _opened(place: KeyPlace) -> PrivateKey | OutsideSigner:
    if place.pkcs11:
        return open_token_signer(place.pkcs11, pin=_secret(place.pin_file))
    if place.pkcs12:
        password = _secret(place.password_file)
        return PrivateKey.from_pkcs12(read_bytes(Path(place.pkcs12)), password() if password else None)
    return open_service_signer(
        SigningService(
            url=place.remote,
            credential=place.credential,
            token=_secret(place.token_file),
            token_url=place.token_url,
            client_id=place.client_id,
            client_secret=_secret(place.client_secret_file),
            pin=_secret(place.pin_file),
            otp=_secret(place.otp_file),
            ca_file=place.ca_file,
            client_certificate=place.client_certificate,
        )
    )


def _secret(path: str) -> Callable[[], str] | None:
    """What a file holds, read at each use: access tokens and one-time passwords change."""
    if not path:
        return None
    return lambda: read_bytes(Path(path), max_bytes=MAX_SECRET_BYTES).decode(errors="replace").strip()


def _chain(path: Path) -> tuple[bytes, ...]:
    """Certificates of a PEM or DER file, in order from the end entity, which stands first."""
    data = read_bytes(path, max_bytes=MAX_PLACE_BYTES * 4)
    if _PEM not in data:
        return (data,)
    try:
        found = [
            base64.b64decode(b"".join(part.partition(b"-----END")[0].split()), validate=True)
            for part in data.split(_PEM)[1:]
        ]
    except (binascii.Error, ValueError) as error:
        raise ConfigError(
            say("The file with the certificates is damaged."),
            code="config.key-place",
            place=str(path),
            hint=say("Get the chain from your provider again, in PEM."),
        ) from error
    return ordered_chain(found[0], found[1:])


def as_plain(place: KeyPlace) -> Mapping[str, str]:
    """What of a place can be shown: no secret stands in it."""
    return {name: value for name, value in msgspec.structs.asdict(place).items() if value}
