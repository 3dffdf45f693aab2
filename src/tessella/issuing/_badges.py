"""Open Badges 3.0: with a Data Integrity proof, as VC-JWT, in a picture."""

from __future__ import annotations

import secrets
import uuid
from functools import lru_cache
from typing import Any

import msgspec

from tessella.canonical import ContextStore, default_contexts
from tessella.containers import bake_png
from tessella.errors import UnsupportedError
from tessella.formats import openbadges3
from tessella.issuing._job import Job, tile
from tessella.model import Award
from tessella.ports import Signer
from tessella.seals import jose
from tessella.seals.data_integrity import SUITES, add_proof
from tessella.text import say

__all__ = ["badge_contexts", "openbadge", "openbadge_jwt", "png", "suite_for"]

BADGE_PICTURE_PIXELS = 240
"""The picture inside a badge's JSON: what a list of badges shows, about 15 KB."""


@lru_cache(maxsize=1)
def badge_contexts() -> ContextStore:
    """The pinned contexts with the micro-credential extension."""
    return default_contexts().with_context(openbadges3.EXTENSION_CONTEXT_URL, openbadges3.extension_context())


def _badge_document(job: Job, format: str) -> tuple[dict[str, Any], Signer]:
    signer = job.issuer.badge_key()
    document = openbadges3.write(
        _with_subject_id(job.award) if format == "openbadge-jwt" else job.award,
        credential_id=job.credential_ids[format],
        issued_at=job.at,
        issuer=job.issuer.organisation,
        issuer_id=job.issuer.id,
        image=tile(job, BADGE_PICTURE_PIXELS) if format != "png" else None,
        status=job.status(format),
        salt=secrets.token_urlsafe(16),
    )
    return document, signer


def _with_subject_id(award: Award) -> Award:
    """A VC-JWT must name its subject (Open Badges 3.0 §8.2.4, ``sub``): a fresh pseudonym where there is no id."""
    if award.learner.id:
        return award
    return msgspec.structs.replace(award, learner=msgspec.structs.replace(award.learner, id=uuid.uuid4().urn))


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


def png(job: Job) -> bytes:
    """The tile with a badge of its own baked in."""
    return bake_png(tile(job), openbadge(job, "png"))


def suite_for(signer: Signer) -> str:
    """The RDF cryptosuite for a key.

    Raises:
        UnsupportedError: no suite takes its algorithm.
    """
    for suite in SUITES.values():
        if suite.transformation == "rdfc" and signer.algorithm in suite.digests:
            return suite.name
    raise UnsupportedError(
        say("No Data Integrity suite takes %(algorithm)s keys.", algorithm=signer.algorithm),
        code="seal.algorithm",
    )
