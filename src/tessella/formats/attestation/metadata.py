"""Type metadata (SD-JWT VC §6 and §9): what a wallet shows of an attestation, as a document that never changes its bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from tessella.errors import SchemaError
from tessella.formats.attestation.profile import ClaimRule, Profile
from tessella.formats.attestation.profiles import EUDI
from tessella.text import say

__all__ = ["check_integrity", "integrity", "type_metadata"]

_STRENGTH = ("sha256", "sha384", "sha512")
"""Hashes of Subresource Integrity, the strongest last."""

_ENVELOPE = (
    (("vct",), "Type", True, "never"),
    (("iss",), "Issuer", True, "never"),
    (("iat",), "Issued at", True, "never"),
    (("nbf",), "Not before", True, "never"),
    (("exp",), "Expires at", False, "never"),
    (("jti",), "Identifier of this copy", True, "never"),
    (("cnf",), "Key of the holder", False, "never"),
    (("status",), "Status", False, "never"),
    (("sub",), "Identifier of the learner", False, "always"),
)


def type_metadata(profile: Profile = EUDI, *, vct: str = "") -> bytes:
    """The type metadata document of a profile, to be served at the type's https address as it is.

    ``vct`` is the issuer's own type, when it has one. The same profile and type give the same bytes for ever, as
    ``vct#integrity`` needs it.
    """
    document = {
        "vct": vct or profile.vct,
        "name": profile.title,
        "description": profile.description,
        "display": [{"locale": "en", "name": profile.title, "description": profile.description}],
        "claims": [
            *(_claim(list(path), label, mandatory, sd) for path, label, mandatory, sd in _ENVELOPE),
            *(_claim([name], name, True, "never") for name in profile.constants),
            *(claim for rule in profile.rules for claim in _described(rule)),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _described(rule: ClaimRule) -> list[dict[str, Any]]:
    claims = [_claim([rule.claim], rule.label, rule.mandatory, _sd(rule.withheld))]
    if rule.kind == "texts":
        claims.append(_claim([rule.claim, None], rule.label, False, _sd(rule.elements)))
    return claims


def _sd(withheld: bool) -> str:
    return "always" if withheld else "never"


def _claim(path: list[str | None], label: str, mandatory: bool, sd: str) -> dict[str, Any]:
    return {
        "path": path,
        "display": [{"locale": "en", "label": label}],
        "mandatory": mandatory,
        "sd": sd,
    }


def integrity(document: bytes) -> str:
    """The ``vct#integrity`` of a document: ``sha256-`` and the hash in base64 (SD-JWT VC §7, SRI §3)."""
    return f"sha256-{base64.b64encode(hashlib.sha256(document).digest()).decode('ascii')}"


def check_integrity(document: bytes, stated: str) -> None:
    """Return None when the document is the one that was meant.

    Of several hashes those of the strongest kind count, and one of them must fit (SRI §3.3.4); options after ``?`` are
    ignored.

    Raises:
        SchemaError: ``attestation.integrity``, it is another document, or no known hash is stated.
    """
    hashes = [one.partition("?")[0].partition("-") for one in stated.split()]
    known = [(kind, value) for kind, dash, value in hashes if dash and kind in _STRENGTH]
    strongest = max((_STRENGTH.index(kind) for kind, _ in known), default=None)
    if strongest is not None:
        kind = _STRENGTH[strongest]
        expected = base64.b64encode(hashlib.new(kind, document).digest()).decode("ascii")
        if (kind, expected) in known:
            return
    raise SchemaError(
        say("The description of the credential's type is not the one that the issuer meant."),
        code="attestation.integrity",
        got=integrity(document),
        expected=stated[:200],
        hint=say("Fetch it again; if it stays so, tell the issuer."),
    )
