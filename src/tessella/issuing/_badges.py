"""Open Badges 3.0: with a Data Integrity proof, as VC-JWT, in a picture."""

from __future__ import annotations

import secrets
import uuid
from functools import lru_cache
from typing import Any

import msgspec

from tessella.canonical import ContextStore, default_contexts
from tessella.containers import bake_png, bake_svg
from tessella.errors import UnsupportedError
from tessella.formats import openbadges3
from tessella.issuing._job import Job, tile, tile_drawing
from tessella.issuing.issuer import rdf_suite
from tessella.model import Award
from tessella.ports import Signer
from tessella.seals import jose
from tessella.seals.data_integrity import add_proof, add_selective_proof
from tessella.text import say

__all__ = ["badge_contexts", "openbadge", "openbadge_jwt", "openbadge_sd", "png", "suite_for"]

BADGE_PICTURE_PIXELS = 240
"""The picture inside a badge's JSON: what a list of badges shows, about 15 KB."""


_NAMED = ("openbadge-jwt", "openbadge-sd")
"""Formats whose subject needs an id: a VC-JWT must name it (Open Badges 3.0 §8.2.4, ``sub``), and a badge whose holder keeps
name and address back must still have a subject."""

_ALWAYS_SHOWN = (
    "/issuer",
    "/name",
    "/validFrom",
    "/validUntil",
    "/credentialStatus",
    "/credentialSubject/achievement/achievementType",
    "/credentialSubject/achievement/name",
    "/credentialSubject/achievement/description",
    "/credentialSubject/achievement/criteria",
    "/credentialSubject/achievement/inLanguage",
    "/credentialSubject/achievement/version",
)
"""What no selection leaves out: who issued what, when, whether it still stands, and what Open Badges 3.0 asks of an achievement.
Nothing of it is about the learner; that, and everything that only some verifiers ask for, is the holder's choice."""


@lru_cache(maxsize=1)
def badge_contexts() -> ContextStore:
    """The pinned contexts with the micro-credential extension."""
    return default_contexts().with_context(openbadges3.EXTENSION_CONTEXT_URL, openbadges3.extension_context())


def _badge_document(job: Job, format: str) -> tuple[dict[str, Any], Signer]:
    signer = job.issuer.badge_key()
    document = openbadges3.write(
        _with_subject_id(job.award) if format in _NAMED else job.award,
        credential_id=job.credential_ids[format],
        issued_at=job.at,
        issuer=job.issuer.organisation,
        issuer_id=job.issuer.id,
        image=tile(job, BADGE_PICTURE_PIXELS) if format not in ("png", "svg") else None,
        status=job.status(format),
        salt=secrets.token_urlsafe(16),
    )
    return document, signer


def _with_subject_id(award: Award) -> Award:
    """A pseudonym where there is no id: the same in every copy of one award, and another in each award."""
    if award.learner.id:
        return award
    pseudonym = uuid.uuid5(uuid.NAMESPACE_URL, award.id) if award.id else uuid.uuid4()
    return msgspec.structs.replace(award, learner=msgspec.structs.replace(award.learner, id=pseudonym.urn))


def openbadge(job: Job, format: str = "openbadge") -> bytes:
    """JSON-LD with a Data Integrity proof."""
    document, signer = _badge_document(job, format)
    suite = job.issuer.cryptosuite or suite_for(signer)
    sealed = add_proof(document, signer, cryptosuite=suite, created=job.at, contexts=badge_contexts())
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1)


def openbadge_jwt(job: Job) -> bytes:
    """The same as a signed token."""
    document, signer = _badge_document(job, "openbadge-jwt")
    return jose.sign_vc_jwt(document, signer).encode()


def openbadge_sd(job: Job) -> bytes:
    """JSON-LD with a proof from which its holder shows only parts."""
    signer = job.issuer.selective_key()
    document, _ = _badge_document(job, "openbadge-sd")
    achievement = document["credentialSubject"]["achievement"]
    mandatory = [
        pointer
        for pointer in _ALWAYS_SHOWN
        if pointer.rpartition("/")[2] in (document if pointer.count("/") == 1 else achievement)
    ]
    sealed = add_selective_proof(
        document, signer, mandatory=mandatory, created=job.at, contexts=badge_contexts()
    )
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1)


def png(job: Job) -> bytes:
    """The tile with a badge of its own baked in."""
    return bake_png(tile(job), openbadge(job, "png"))


def svg(job: Job) -> bytes:
    """The tile as a drawing, with a badge of its own baked in."""
    return bake_svg(tile_drawing(job), openbadge(job, "svg"))


def suite_for(signer: Signer) -> str:
    """The RDF cryptosuite for a key.

    Raises:
        UnsupportedError: no suite takes its algorithm.
    """
    if (name := rdf_suite(signer)) is not None:
        return name
    raise UnsupportedError(
        say("No Data Integrity suite takes %(algorithm)s keys.", algorithm=signer.algorithm),
        code="seal.algorithm",
    )
