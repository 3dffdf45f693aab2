"""Who signs verification reports: the installation itself, under a did:web of its own.

The key lies in a file outside the database (``TESSELLA_REPORT_KEY_FILE``). Behind it may stand its certificates, with which PDFs are
sealed too, and the public keys of earlier ones, so that what they signed stays verifiable.
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
    """The installation as a signer: its DID, its key, and the public keys of before."""

    did: str
    signer: PrivateKey
    earlier: tuple[PublicKey, ...]

    @property
    def seals_pdf(self) -> bool:
        """Whether the key has a certificate, without which a PDF cannot be sealed."""
        return bool(self.signer.certificate_chain)

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
    chain = tuple(ssl.PEM_cert_to_DER_cert(pem.decode()) for kind, pem in blocks if kind == b"CERTIFICATE")
    try:
        key = PrivateKey.from_pem(next(pem for kind, pem in blocks if kind.endswith(b"PRIVATE KEY")))
        earlier = tuple(PublicKey.from_pem(pem) for kind, pem in blocks if kind == b"PUBLIC KEY")
        key = key.with_certificates(chain)
    except StopIteration as error:
        raise ImproperlyConfigured(f"{path} holds no private key. Set {VARIABLE}.") from error
    except (TessellaError, ValueError) as error:
        raise ImproperlyConfigured(f"{path}: {getattr(error, 'message', error)}") from error
    if key.algorithm not in SUITES:
        raise ImproperlyConfigured(
            f"{path}: reports are signed with {' or '.join(SUITES)}, not {key.algorithm}."
        )
    did = _did(base_url) or key.public_key.did_key
    method = _method(did, key.public_key)
    return Platform(did, key.with_verification_method(method), earlier)


def _did(base_url: str) -> str:
    """The did:web of the host; empty where the installation is not reached over https."""
    address = urlsplit(base_url)
    if address.scheme != "https" or not address.hostname:
        return ""
    return did_web(address.hostname, port=address.port or 0)


def _method(did: str, key: PublicKey) -> str:
    return f"{did}#{key.to_multikey()}"  # of a did:key it is the same


def _published(did: str, key: PublicKey) -> dict[str, str]:
    return {
        "id": _method(did, key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": key.to_multikey(),
    }
