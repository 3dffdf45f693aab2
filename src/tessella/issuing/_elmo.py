"""ELMO for student information systems: XML with an enveloped signature and the certificate for people inside."""

from __future__ import annotations

from tessella.formats import elmo as elmo_format
from tessella.issuing._certificates import plain_certificate
from tessella.issuing._job import Job
from tessella.issuing.issuer import Issuer
from tessella.keys import certificate_facts
from tessella.model import Organisation
from tessella.seals import xmldsig
from tessella.text import say

__all__ = ["elmo"]


def elmo(job: Job) -> bytes:
    """ELMO asks for a human-readable version of everything: the same certificate as on paper, without credentials inside."""
    certificate = elmo_format.Attachment(
        content=plain_certificate(job), title={job.award.micro_credential.language: say("Certificate")}
    )
    document = elmo_format.write(
        job.award,
        credential_id=job.credential_ids["elmo"],
        issued_at=job.at,
        issuer=_sealer(job.issuer),
        attachments=[certificate],
    )
    return xmldsig.seal(document, job.issuer.e_seal())


def _sealer(issuer: Issuer) -> Organisation:
    """Who seals, as the certificate says it, where it is not plainly the organisation itself."""
    facts = certificate_facts(issuer.e_seal().certificate_chain[0])
    own = issuer.organisation
    if own.legal_id and own.legal_id == facts.organization_identifier:
        return own
    return Organisation(name={"en": facts.organization}, legal_id=facts.organization_identifier)
