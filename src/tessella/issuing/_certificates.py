"""The certificate that people read: a PDF with the sealed credentials inside."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tessella.issuing._badges import openbadge
from tessella.issuing._european import edc
from tessella.issuing._job import Job
from tessella.issuing.issuer import Issuer
from tessella.keys import certificate_facts
from tessella.rendering import SealerFacts, certificate
from tessella.seals import pades
from tessella.text import say

__all__ = ["pdf", "plain_certificate"]


def pdf(job: Job) -> bytes:
    """Made together with others it carries those, made alone a credential of its own; sealed where the issuer has an e-seal."""
    attachments = {
        job.formats[name].suffix.lstrip("."): job.get(name)
        for name in ("edc", "openbadge")
        if name in job.credential_ids
    }
    issuer = job.issuer
    if not attachments:  # made alone, it carries a credential of its own
        name, make = ("edc", edc) if issuer.proof_suite() is None else ("openbadge", openbadge)
        attachments = {job.formats[name].suffix.lstrip("."): make(job, "pdf")}
    means = (
        say("electronic seal on this file, with a test certificate")
        if issuer.test
        else say("electronic seal on this file")
    )
    made = _certificate(job, attachments, means)
    if not issuer.has_e_seal():
        return made
    return pades.seal(made, issuer.e_seal(), at=job.at, timestamp=issuer.timestamp)


def plain_certificate(job: Job) -> bytes:
    """The page alone, as other formats show it to people; the seal is on the file that carries it."""
    means = say("electronic seal with a test certificate") if job.issuer.test else say("electronic seal")
    return _certificate(job, {}, means)


def _certificate(job: Job, attachments: Mapping[str, bytes], means: str) -> bytes:
    award = job.award
    if body := job.issuer.sealing_body:
        record = msgspec.structs.replace(award.micro_credential, technical_issuer=body)
        award = msgspec.structs.replace(award, micro_credential=record)
    return certificate(
        award,
        issued_at=job.at,
        verify_url=job.verify_url,
        sealed_by=_sealer(job.issuer, means),
        test=job.issuer.test,
        style=job.issuer.style,
        attachments=attachments,
    )


def _sealer(issuer: Issuer, means: str) -> SealerFacts | None:
    """Whom a certificate names as its sealer: the holder of the e-seal certificate, as the certificate has the name."""
    if not issuer.has_e_seal():
        return None
    facts = certificate_facts(issuer.e_seal().certificate_chain[0])
    return SealerFacts(name=facts.organization or facts.common_name, means=means)
