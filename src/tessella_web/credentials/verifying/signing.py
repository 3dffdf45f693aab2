"""Who signs verification reports: the installation itself, under a did:web of its own.

The key lies in a file outside the database (``TESSELLA_REPORT_KEY_FILE``). Behind it may stand the certificates with which PDFs are
sealed, with their key where that is another one (providers give RSA keys), and the public keys of earlier ones, so that what they
signed stays verifiable.
"""

from __future__ import annotations

import functools
import re
import ssl
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from tessella.errors import TessellaError
from tessella.keys import PrivateKey, PublicKey, did_web
from tessella_web.common.keyfiles import read_key_file

__all__ = ["SUITES", "Platform", "platform"]

VARIABLE = "TESSELLA_REPORT_KEY_FILE"

SUITES = {"Ed25519": "eddsa-jcs-2022", "ES256": "ecdsa-jcs-2019", "ES384": "ecdsa-jcs-2019"}
"""With which cryptosuite a report is signed, by the algorithm of the key. RSA has none."""

_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


class Platform(NamedTuple):
    """The installation as a signer: its DID, its key, the public keys of before, and with what it seals PDFs, if it has a certificate."""

    did: str
    signer: PrivateKey
    earlier: tuple[PublicKey, ...]
    sealer: PrivateKey | None

    def did_document(self) -> dict[str, Any] | None:
        """What is published at the DID; None for a did:key, which is its own document."""
        if not self.did.startswith("did:web:"):
            return None
        methods = [_published(self.did, key) for key in (self.signer.public_key, *self.earlier)]
        names = [one["id"] for one in methods]
        return {
            "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
            "id": self.did,
            "verificationMethod": methods,
            "assertionMethod": names,
        }


def platform() -> Platform:
    """The installation with its key; the file is read again when it has changed.

    Raises:
        ImproperlyConfigured: the file cannot be read, others can read it, or the key in it does not sign reports.
    """
    path = Path(settings.REPORT_KEY_FILE)
    read_key_file(path, variable=VARIABLE)
    return _opened(path, path.stat().st_mtime_ns, settings.BASE_URL)


@functools.lru_cache(maxsize=2)
def _opened(path: Path, changed: int, base_url: str) -> Platform:
    blocks = [(one.group(1), one.group(0)) for one in _BLOCK.finditer(read_key_file(path, variable=VARIABLE))]
    try:
        keys = [PrivateKey.from_pem(pem) for kind, pem in blocks if kind.endswith(b"PRIVATE KEY")]
        earlier = tuple(PublicKey.from_pem(pem) for kind, pem in blocks if kind == b"PUBLIC KEY")
        chain = [ssl.PEM_cert_to_DER_cert(pem.decode()) for kind, pem in blocks if kind == b"CERTIFICATE"]
        sealer = _sealer(keys, chain) if chain else None
    except (TessellaError, ValueError) as error:
        raise ImproperlyConfigured(f"{path}: {getattr(error, 'message', error)}") from error
    if not keys:
        raise ImproperlyConfigured(f"{path} holds no private key. Set {VARIABLE}.")
    key = keys[0]
    if key.algorithm not in SUITES:
        raise ImproperlyConfigured(
            f"{path}: reports are signed with {' or '.join(SUITES)}, not {key.algorithm}. Put such a key first."
        )
    did = _did(base_url) or key.public_key.did_key
    return Platform(did, key.with_verification_method(_method(did, key.public_key)), earlier, sealer)


def _sealer(keys: list[PrivateKey], chain: list[bytes]) -> PrivateKey:
    """The key that the first certificate is for, with the certificates.

    Raises:
        ValueError: it is not there.
    """
    public = PublicKey.from_certificate_der(chain[0]).to_spki_der()
    for key in keys:
        if key.public_key.to_spki_der() == public:
            return key.with_certificates(chain)
    raise ValueError("the key of the first certificate is not in the file")


def _did(base_url: str) -> str:
    """The did:web of the host; empty where the installation is not reached over https."""
    address = urlsplit(base_url)
    if address.scheme != "https" or not address.hostname:
        return ""
    return did_web(address.hostname, port=address.port or 0)


def _method(did: str, key: PublicKey) -> str:
    return f"{did}#{key.to_multikey()}"  # as did:key has it


def _published(did: str, key: PublicKey) -> dict[str, str]:
    return {
        "id": _method(did, key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.to_multikey(),
    }
