"""One award in many sealed formats: the record is written by a format, sealed by a seal, and put in its container.

The order is always the same: art → format → seal → certificate. What a renderer needs (picture, address to verify, the sealer's
name) is an argument; formats and seals never see one another.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from tessella.errors import SchemaError, TessellaError, UnsupportedError
from tessella.issuing._attestations import attested, check_description, holder_key, published_type
from tessella.issuing._badges import openbadge, openbadge_jwt, openbadge_sd, png, svg
from tessella.issuing._certificates import pdf
from tessella.issuing._elmo import elmo
from tessella.issuing._european import edc
from tessella.issuing._job import Copy, FormatSpec, Job, StatusEntry
from tessella.issuing._openbadges2 import hosted_badge, signed_badge
from tessella.issuing.badge_site import HOSTED, SIGNED
from tessella.issuing.issuer import Issuer, test_issuer
from tessella.issuing.proofs import check_parts
from tessella.model import Award, MicroCredential
from tessella.text import say

__all__ = [
    "ALL_FORMATS",
    "FORMATS",
    "Copy",
    "FormatSpec",
    "Issuer",
    "StatusEntry",
    "formats_for",
    "holder_key",
    "published_type",
    "seal",
    "seal_award",
    "test_issuer",
]

FORMATS: Mapping[str, FormatSpec] = {
    "edc": FormatSpec(
        title="European Digital Credential",
        folder="edc",
        suffix=".edc.jsonld",
        media_type="application/ld+json",
        make=edc,
        needs=(Issuer.e_seal,),
        has_status=True,
    ),
    "openbadge": FormatSpec(
        title="Open Badge 3.0",
        folder="openbadge",
        suffix=".badge.json",
        media_type="application/vc+ld+json",
        make=openbadge,
        needs=(Issuer.proof_key,),
        has_status=True,
    ),
    "openbadge-jwt": FormatSpec(
        title="Open Badge 3.0 as VC-JWT",
        folder="openbadge-jwt",
        suffix=".badge.jwt",
        media_type="text/plain",
        make=openbadge_jwt,
        needs=(Issuer.badge_key,),
        has_status=True,
    ),
    "openbadge-sd": FormatSpec(
        title="Open Badge 3.0 with selective disclosure",
        folder="openbadge-sd",
        suffix=".badge-sd.json",
        media_type="application/vc+ld+json",
        make=openbadge_sd,
        needs=(Issuer.selective_key,),
        has_status=True,
    ),
    "attestation": FormatSpec(
        title="Attestation for wallets (SD-JWT VC)",
        folder="attestation",
        suffix=".sd-jwt",
        media_type="application/dc+sd-jwt",
        make=attested,
        needs=(Issuer.badge_key,),
        has_status=True,
        token_status=True,
        fits=check_description,
    ),
    "elmo": FormatSpec(
        title="ELMO (EMREX)",
        folder="elmo",
        suffix=".elmo.xml",
        media_type="application/xml",
        make=elmo,
        needs=(Issuer.e_seal,),
    ),
    "png": FormatSpec(
        title="Open Badge in a picture",
        folder="png",
        suffix=".badge.png",
        media_type="image/png",
        make=png,
        needs=(Issuer.proof_key,),
        has_status=True,
    ),
    "svg": FormatSpec(
        title="Open Badge in a drawing (SVG)",
        folder="svg",
        suffix=".badge.svg",
        media_type="image/svg+xml",
        make=svg,
        needs=(Issuer.proof_key,),
        has_status=True,
    ),
    HOSTED: FormatSpec(
        title="Open Badge 2.0, hosted",
        folder="openbadge2",
        suffix=".badge2.png",
        media_type="image/png",
        make=hosted_badge,
        needs=(Issuer.badge_site,),
    ),
    SIGNED: FormatSpec(
        title="Open Badge 2.0, signed",
        folder="openbadge2-signed",
        suffix=".badge2.jws",
        media_type="text/plain",
        make=signed_badge,
        needs=(Issuer.badge_key, Issuer.badge_site),
    ),
    "pdf": FormatSpec(
        title="Certificate (PDF)",
        folder="pdf",
        suffix=".pdf",
        media_type="application/pdf",
        make=pdf,
        needs=(Issuer.credential_key,),
        builds_on=("edc", "openbadge"),
    ),
}
"""All formats an award can be sealed in, by the name that ``--formats`` takes."""


ALL_FORMATS = tuple(name for name, spec in FORMATS.items() if spec.in_all)
"""What ``--formats all`` means."""


def formats_for(
    issuer: Issuer, micro_credential: MicroCredential | None = None
) -> tuple[tuple[str, ...], dict[str, TessellaError]]:
    """What "all formats" means for this issuer and description: the names, and by name what the others would need."""
    lacks = {name: _lack(FORMATS[name], issuer, micro_credential) for name in ALL_FORMATS}
    return (
        tuple(name for name, lack in lacks.items() if lack is None),
        {name: lack for name, lack in lacks.items() if lack is not None},
    )


def _lack(spec: FormatSpec, issuer: Issuer, micro_credential: MicroCredential | None) -> TessellaError | None:
    lack = spec.lacks(issuer)
    if lack is not None or spec.fits is None or micro_credential is None:
        return lack
    try:
        spec.fits(micro_credential, issuer)
    except SchemaError as error:
        return error
    return None


def seal_award(
    award: Award,
    issuer: Issuer,
    *,
    formats: Sequence[str],
    at: dt.datetime,
    credential_ids: Mapping[str, str],
    statuses: Mapping[str, StatusEntry | None] | None = None,
    verify_url: str = "",
) -> tuple[Copy, ...]:
    """The award in each of ``formats``, in that order; every copy is a credential of its own.

    Args:
        at: the time of sealing (time-zone aware).
        credential_ids: by format; URIs, unique for ever.
        statuses: by format; left out or None where status is not published.

    Raises:
        UnsupportedError: an unknown format.
        ConfigError: a key that a format needs is missing.
        SchemaError, VocabularyError, CanonicalError, SealError: this award cannot be written or sealed so.
        StateError: it is a part of itself, or names a part twice.
    """
    for name in formats:
        if name not in FORMATS:
            raise UnsupportedError(
                say("“%(name)s” is not a format.", name=name),
                code="issuing.format",
                got=name,
                hint=say("Use one or more of: %(names)s.", names=", ".join(FORMATS)),
            )
        if (lack := FORMATS[name].lacks(issuer)) is not None:
            raise lack
    check_parts(award)
    job = Job(
        award=award,
        issuer=issuer,
        at=at,
        credential_ids=credential_ids,
        statuses=statuses or {},
        formats=FORMATS,
        verify_url=verify_url,
    )
    return tuple(
        Copy(
            format=name,
            credential_id=credential_ids[name],
            data=job.get(name),
            published=job.published.get(name, {}),
        )
        for name in formats
    )


def seal(award: Award, issuer: Issuer, format: str, *, at: dt.datetime, credential_id: str = "") -> bytes:
    """One sealed copy of an award; the credential gets a new id when none is given. Raises as `seal_award`."""
    ids = {format: credential_id or uuid.uuid4().urn}
    (copy,) = seal_award(award, issuer, formats=[format], at=at, credential_ids=ids)
    return copy.data
