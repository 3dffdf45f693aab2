"""One invented attestation, and tokens that say just what a test wants."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from tessella.keys import PrivateKey, PublicKey
from tessella.seals import _jws, sd_jwt
from tests.seals.sd_jwt.vectors import b64

AT = dt.datetime(2026, 6, 3, 9, 30, tzinfo=dt.UTC)
KEYS = {name: PrivateKey.generate(name, rsa_bits=2048) for name in ("Ed25519", "ES256", "ES384", "RS256")}
ISSUER = KEYS["ES256"]
HOLDER = PrivateKey.generate("ES256")
STRANGER = PrivateKey.generate("ES256")

CLAIMS: dict[str, Any] = {
    "vct": "https://fjord.example/vct/seaweed/1",
    "iss": "https://fjord.example/academy",
    "iat": int(AT.timestamp()),
    "exp": int(AT.timestamp()) + 10**8,
    "title": "Seaweed farming",
    "given_name": "Ingrid",
    "family_name": "Håkonsdatter",
    "address": {"street": "Kaia 4", "city": "Bodø", "country": "NO"},
    "outcomes": ["Lays out lines", "Judges water quality", "Harvests by hand"],
    "courses": [{"name": "Algae", "grade": "B"}, {"name": "Boats", "grade": "C"}],
}
FRAME: tuple[sd_jwt.ClaimPath, ...] = (
    ("given_name",),
    ("family_name",),
    ("address",),
    ("address", "street"),
    ("address", "city"),
    ("outcomes", None),
    ("courses",),
    ("courses", None),
    ("courses", None, "grade"),
)


def counting() -> Callable[[int], bytes]:
    """Bytes that nobody should use: the same on each run, no two alike."""
    numbers: Iterator[int] = itertools.count(1)
    return lambda size: next(numbers).to_bytes(4).rjust(size, b"\x7f")


def issued(**options: Any) -> str:
    options = {"disclosable": FRAME, "holder_key": HOLDER.public_key.to_jwk(), "random": counting()} | options
    return sd_jwt.issue(options.pop("claims", CLAIMS), options.pop("signer", ISSUER), **options)


def resolver(key: PublicKey = ISSUER.public_key) -> sd_jwt.Resolver:
    return lambda header, claims: key


def verified(token: str | bytes, **options: Any) -> sd_jwt.SdJwtResult:
    return sd_jwt.verify(token, resolver(), **options)


def demand(**changes: Any) -> sd_jwt.BindingDemand:
    given = {"audience": "x509_san_dns:employer.example", "nonce": "n-0S6_WzA2Mj", "at": AT} | changes
    return sd_jwt.BindingDemand(**given)


def presented(*choose: sd_jwt.ClaimPath, **changes: Any) -> str:
    given = {"holder": HOLDER, "audience": demand().audience, "nonce": demand().nonce, "at": AT} | changes
    return sd_jwt.present(given.pop("token", None) or issued(), choose, **given)


def disclosure(*parts: Any) -> str:
    return b64(json.dumps(parts).encode())


def token_of(payload: dict[str, Any], *disclosures: str, signer: PrivateKey = ISSUER, **header: Any) -> str:
    """A token whose payload, header and disclosures are just what is given."""
    full = {"alg": "ES256", "typ": "dc+sd-jwt", **header}
    protected, signed, signature = _jws.sign(full, json.dumps(payload).encode(), signer)
    return "~".join((f"{protected}.{signed.decode()}.{signature}", *disclosures, ""))


def codes(result: sd_jwt.SdJwtResult) -> list[str]:
    return [problem.code for problem in result.problems]
