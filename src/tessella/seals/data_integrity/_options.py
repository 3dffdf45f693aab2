"""The options of a new proof: everything of it but the signature (VC Data Integrity 1.0 §2.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tessella.errors import SealError
from tessella.ports import Signer
from tessella.seals.data_integrity.suites import Suite
from tessella.text import say

__all__ = ["proof_options"]


def proof_options(
    unsecured: Mapping[str, Any],
    signer: Signer,
    suite: Suite,
    *,
    created: dt.datetime,
    purpose: str = "assertionMethod",
    proof_id: str = "",
) -> dict[str, Any]:
    """The proof configuration: everything of a new proof but its signature."""
    if not signer.verification_method:
        raise SealError(
            say("The key has no verification method."),
            code="seal.no-verification-method",
            hint=say("Give it a did:key or did:web address first."),
        )
    config: dict[str, Any] = {"id": proof_id} if proof_id else {}
    config |= {
        "type": "DataIntegrityProof",
        "cryptosuite": suite.name,
        "created": created.astimezone(dt.UTC).isoformat(timespec="seconds")[:19] + "Z",
        "verificationMethod": signer.verification_method,
        "proofPurpose": purpose,
    }
    if suite.transformation == "jcs" and "@context" in unsecured:
        config["@context"] = unsecured["@context"]
    return config
