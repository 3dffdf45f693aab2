"""Badges, keys, a network that is a dictionary: what the tests of verification share. Everybody is invented."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from tessella.errors import AccessError
from tessella.keys import KeyRing, PrivateKey, did_document, did_web, new_key_record
from tessella.ports import Fetched
from tessella.seals.data_integrity import add_proof
from tessella.verdicts import Check, Report
from tessella.verification import DEFAULT, Policy, Surroundings, verify

AT = dt.datetime(2026, 9, 1, 12, 0, tzinfo=dt.UTC)
SEALED = dt.datetime(2026, 7, 1, 9, 0, tzinfo=dt.UTC)
CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
WEB = did_web("ribeira.example")


def new_key(algorithm: str = "Ed25519", method: str = "") -> PrivateKey:
    """A key under its own did:key, or under the given method."""
    key = PrivateKey.generate(algorithm, rsa_bits=2048)
    return key.with_verification_method(method or key.public_key.did_key_url)


KEY = new_key()
OTHER = new_key()
WEB_KEY = new_key(method=f"{WEB}#key-1")


def did_of(key: PrivateKey) -> str:
    return key.verification_method.partition("#")[0]


def badge(key: PrivateKey = KEY, **changes: Any) -> dict[str, Any]:
    """An unsealed badge of the key's controller; a change to None removes the member."""
    document = {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:5f0c1d2e-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Water-wise viticulture",
        "issuer": {"id": did_of(key), "type": ["Profile"], "name": "Ribeira Institute"},
        "validFrom": "2026-07-01T09:00:00Z",
        "credentialSubject": {
            "id": "urn:uuid:9a8b7c6d-0000-4000-8000-000000000001",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "https://ribeira.example/achievements/water",
                "type": ["Achievement"],
                "name": "Water-wise viticulture",
                "description": "A course of fifteen weeks on terraced vineyards.",
                "criteria": {"narrative": "A practical examination."},
            },
        },
    }
    document |= changes
    return {name: value for name, value in document.items() if value is not None}


def proved(document: Mapping[str, Any], key: PrivateKey = KEY, **options: Any) -> dict[str, Any]:
    """The document with a Data Integrity proof."""
    options = {"cryptosuite": "eddsa-rdfc-2022", "created": SEALED} | options
    return add_proof(document, key, **options)


def text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def sealed(key: PrivateKey = KEY, **changes: Any) -> bytes:
    """A sealed badge, as bytes."""
    return text(proved(badge(key, **changes), key))


class Network:
    """A fetcher over a dictionary; counts what it is asked. A value that is an error is raised."""

    def __init__(self, pages: Mapping[str, bytes | AccessError], fetched_at: dt.datetime = AT) -> None:
        self.pages = dict(pages)
        self.asked: list[str] = []
        self.fetched_at = fetched_at

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        self.asked.append(url)
        page = self.pages.get(url, AccessError("Nobody answers.", code="access.network"))
        if isinstance(page, AccessError):
            raise page
        if len(page) > max_bytes:
            raise AccessError("Too large.", code="access.size")
        return Fetched(url=url, body=page, fetched_at=self.fetched_at)


def ring(key: PrivateKey = WEB_KEY, id: str = "key-1") -> KeyRing:
    """The key ring of the web issuer."""
    record = new_key_record(key, id=id, name="badges", created=SEALED - dt.timedelta(days=30))
    return KeyRing(controller=did_of(key), keys=(record,))


def web_document(**changes: Any) -> bytes:
    """The DID document that the web issuer publishes."""
    document = ring().did_document()
    document["verificationMethod"][0] |= changes
    return text(document)


def key_document(key: PrivateKey) -> bytes:
    return text(did_document(did_of(key)))


def check(data: bytes | str, *, policy: Policy = DEFAULT, **around: Any) -> Report:
    """Verify on the day of the tests."""
    return verify(data, policy=policy, surroundings=Surroundings(**{"at": AT, **around}))


def found(report: Report, id: str) -> Check:
    one = report.check(id)
    if one is None:
        raise AssertionError(f"no check {id}")
    return one


def verdict(report: Report, id: str) -> str:
    return str(found(report, id).verdict)
