"""The European micro-credential attestation: an SD-JWT VC for wallets."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import lru_cache
from typing import Any

import msgspec

from tessella.errors import ConfigError
from tessella.formats import attestation
from tessella.issuing._job import Job, StatusEntry
from tessella.issuing.issuer import Issuer
from tessella.keys import did_key_from_did
from tessella.model import Award, Identifier, Learner, MicroCredential
from tessella.seals import sd_jwt
from tessella.text import say

__all__ = ["attested", "check_description", "holder_key", "published_type"]


def attested(job: Job) -> bytes:
    """An SD-JWT VC: every claim about the learner, and most about the award, can be withheld by the holder."""
    signer = job.issuer.badge_key()
    made = attestation.write(
        _with_identifier(job.award),
        issuer=job.issuer.organisation,
        issuer_id=job.issuer.id,
        issued_at=job.at,
        credential_id=job.credential_ids["attestation"],
        status=_status(job.statuses.get("attestation")),
        vct=job.issuer.attestation_type,
        vct_integrity=_type_hash(job.issuer.attestation_type),
    )
    token = sd_jwt.issue(
        made.claims,
        signer,
        disclosable=made.disclosable,
        decoys=made.decoys,
        holder_key=holder_key(job.award),
    )
    return token.encode()


def published_type(address: str) -> bytes:
    """The metadata of a type of the issuer's own, to be published unchanged at its address: attestations carry their hash.

    Raises:
        ConfigError: ``issuing.attestation-type``, it is no https address.
    """
    if not address.startswith("https://") or any(sign.isspace() for sign in address):
        raise ConfigError(
            say("“%(address)s” is no https address.", address=address),
            code="issuing.attestation-type",
            got=address,
            hint=say(
                "Give the address at which you will publish the type, for example https://university.example/types/award."
            ),
        )
    return attestation.type_metadata(vct=address)


@lru_cache(maxsize=8)
def _type_hash(address: str) -> str:
    """``vct#integrity``; one for a batch."""
    return attestation.integrity(published_type(address)) if address else ""


def check_description(micro_credential: MicroCredential, issuer: Issuer) -> None:
    """That awards of this micro-credential have what an attestation must have, whoever the learner is.

    Raises:
        SchemaError: ``attestation.incomplete``.
    """
    somebody = Learner(full_name="-", identifiers=(Identifier(value="-"),))
    attestation.write(
        Award(id="-", micro_credential=micro_credential, learner=somebody),
        issuer=issuer.organisation,
        issuer_id=issuer.id,
        issued_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
        credential_id="-",
    )


def holder_key(award: Award) -> dict[str, str] | None:
    """The public JWK that attestations of this award are bound to: the one that the learner's id is; None without such an id.

    Raises:
        KeyMaterialError: the id is a did:key or did:jwk that holds no key.
    """
    id = award.learner.id
    return did_key_from_did(id).to_jwk() if id.startswith(("did:key:", "did:jwk:")) else None


def _status(entry: StatusEntry | None) -> dict[str, Any] | None:
    return attestation.status_claim(entry.list_url, entry.index, entry.purpose) if entry else None


def _with_identifier(award: Award) -> Award:
    """The profile asks for an identifier of the learner; where the provider has none, a pseudonym for this copy."""
    if award.learner.identifiers:
        return award
    pseudonym = Identifier(value=uuid.uuid4().urn, scheme="Pseudonym")
    return msgspec.structs.replace(
        award, learner=msgspec.structs.replace(award.learner, identifiers=(pseudonym,))
    )
