"""The certificate that people read: a PDF with the sealed credentials inside."""

from __future__ import annotations

from collections.abc import Mapping

from tessella.issuing._badges import openbadge
from tessella.issuing._job import Job
from tessella.issuing.issuer import Issuer
from tessella.keys import certificate_facts
from tessella.rendering import SealerFacts, certificate
from tessella.text import say

__all__ = ["pdf", "plain_certificate"]


def pdf(job: Job) -> bytes:
    """Made together with others it carries those, made alone a badge of its own."""
    attachments = {
        job.formats[name].suffix.lstrip("."): job.get(name)
        for name in ("edc", "openbadge")
        if name in job.credential_ids
    }
    if not attachments and job.issuer.badge_signer is not None:  # made alone, it carries a badge of its own
        attachments = {job.formats["openbadge"].suffix.lstrip("."): openbadge(job, "pdf")}
    return _certificate(job, attachments)


def plain_certificate(job: Job) -> bytes:
    """The page alone, as other formats show it to people."""
    return _certificate(job, {})


def _certificate(job: Job, attachments: Mapping[str, bytes]) -> bytes:
    return certificate(
        job.award,
        issued_at=job.at,
        verify_url=job.verify_url,
        sealed_by=_sealer(job.issuer),
        test=job.issuer.test,
        attachments=attachments,
    )


def _sealer(issuer: Issuer) -> SealerFacts | None:
    """Whom a certificate names as its sealer: the holder of the e-seal certificate, as the certificate has the name."""
    signer = issuer.seal_signer
    if signer is None or not signer.certificate_chain:
        return None
    name = certificate_facts(signer.certificate_chain[0]).organization
    means = say("electronic seal with a test certificate") if issuer.test else say("electronic seal")
    return SealerFacts(name=name, means=means)
