"""The European Digital Credential: ELM in JAdES."""

from __future__ import annotations

import msgspec

from tessella.formats import elm
from tessella.issuing._job import Job, tile
from tessella.keys import certificate_facts
from tessella.model import Image, Organisation
from tessella.seals import jades
from tessella.vocabulary import code_list

__all__ = ["edc"]


def edc(job: Job, format: str = "edc") -> bytes:
    """Sealed with the e-seal certificate, whose organisation it names as its sealer; stamped where the issuer has an authority."""
    signer = job.issuer.e_seal()
    facts = certificate_facts(signer.certificate_chain[0])
    issuer = job.issuer.sealing_body or job.issuer.organisation
    document = elm.write(
        job.award,
        credential_id=job.credential_ids[format],
        issued_at=job.at,
        issuer=issuer,
        mandate=job.issuer.mandate,
        profile="issued-by-mandate" if job.issuer.sealing_body else "generic",
        image=Image(content=tile(job), media_type="image/png"),
        seal=elm.SealIdentity(
            organisation=facts.organization,
            common_name=facts.common_name,
            organization_identifier=facts.organization_identifier,
            country=_country(facts.country, issuer),
        ),
        status=next(iter(job.status(format, is_elm=True)), None),
    )
    text = msgspec.json.encode(document).decode()
    return jades.seal(
        text, signer, at=job.at, profile=job.issuer.jades_profile, timestamp=job.issuer.timestamp
    )


def _country(stated: str, organisation: Organisation) -> str:
    """The certificate's country; the organisation's own where a test certificate states none that exists."""
    known = code_list("country")
    return (
        stated if stated and known.get(stated) else next((one.code for one in organisation.countries), stated)
    )
