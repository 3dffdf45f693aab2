"""Open Badges 2.0: the documents that an issuer publishes, and the learner's copy, hosted or signed.

Everything lies under one public address (`BadgeSite`), in the layout in which it is to be uploaded. What is baked or signed is the
assertion alone, with links: badge class and profile may be published anew without spoiling older copies.
"""

from __future__ import annotations

import hashlib
import secrets
import uuid

import msgspec

from tessella.containers import Carrier, bake_png
from tessella.formats import openbadges2
from tessella.issuing._job import Job, tile
from tessella.issuing.badge_site import HOSTED, SIGNED, as_json
from tessella.keys import PublicKey
from tessella.model import Award
from tessella.ports import Signer
from tessella.seals import jose

__all__ = ["hosted_badge", "signed_badge"]

BADGE_PIXELS = 400
"""The picture of a badge class: its standard asks for a square of 90 pixels at least and 400 at best."""


def hosted_badge(job: Job) -> bytes:
    """The tile with the assertion baked in; the assertion itself is published, and counts because it is."""
    made = _written(job, HOSTED)
    text = as_json(made.assertion)
    job.publish(HOSTED, job.issuer.badge_site().assertion_path(job.credential_ids[HOSTED]), text)
    return bake_png(tile(job), text, carrier=Carrier.OPEN_BADGES_2)


def signed_badge(job: Job) -> bytes:
    """The assertion as a compact JWS; its key, and the list that can revoke it, are published."""
    made = _written(job, SIGNED, signed=True)
    return jose.sign_token(made.assertion, job.issuer.badge_key(), typ="JWT").encode()


def _written(job: Job, format: str, *, signed: bool = False) -> openbadges2.Badge:
    """The three documents. Badge class, its picture, profile and key are published, the same for hosted badges and signed ones."""
    site, signer = job.issuer.badge_site(), job.issuer.badge_signer
    key = site.address(_key_path(signer)) if signer else ""
    stem = f"b/{_class_name(job.award)}"
    made = openbadges2.write(
        _with_identity(job.award),
        assertion_id=site.assertion(job.credential_ids[format]),
        badge_id=site.address(f"{stem}.json"),
        issuer=job.issuer.organisation,
        issuer_id=site.issuer,
        issued_at=job.at,
        image=site.address(f"{stem}.png"),
        salt=secrets.token_urlsafe(16),
        creator=key if signed else "",
        public_keys=[key] if key else [],
        revocations=site.revocations if key else "",
    )
    job.publish(format, site.issuer_path, as_json(made.profile))
    job.publish(format, f"{stem}.json", as_json(made.badge_class))
    job.publish(format, f"{stem}.png", tile(job, BADGE_PIXELS))
    if signer:
        document = openbadges2.key_document(key, site.issuer, signer.public_jwk)
        job.publish(format, _key_path(signer), as_json(document))
    return made


def _class_name(award: Award) -> str:
    """The same for all awards of one version of a micro-credential, and for no other."""
    micro = award.micro_credential
    return hashlib.sha256(f"{micro.id} {micro.version}".encode()).hexdigest()[:16]


def _with_identity(award: Award) -> Award:
    """A badge must say whose it is: a fresh pseudonym where there is neither e-mail address nor identifier."""
    learner = award.learner
    if learner.email or learner.id or learner.identifiers:
        return award
    return msgspec.structs.replace(award, learner=msgspec.structs.replace(learner, id=uuid.uuid4().urn))


def _key_path(signer: Signer) -> str:
    """Where the document of a key lies below the site's address."""
    return f"keys/{PublicKey.from_jwk(signer.public_jwk).thumbprint}.json"
