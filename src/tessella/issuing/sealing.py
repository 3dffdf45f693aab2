"""One award in many sealed formats: the record is written by a format, sealed by a seal, and put in its container.

The order is always the same: art → format → seal → certificate. What a renderer needs (picture, address to verify, the sealer's
name) is an argument; formats and seals never see one another.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import msgspec

from tessella.canonical import ContextStore, default_contexts
from tessella.containers import bake_png
from tessella.errors import ConfigError, UnsupportedError
from tessella.formats import attestation, elm, openbadges3
from tessella.keys import PrivateKey, certificate_facts
from tessella.keys.testca import TestCertificateAuthority
from tessella.model import Award, Identifier, Image, Organisation
from tessella.ports import Signer
from tessella.rendering import SealerFacts, TileFacts, certificate, tile_facts, tile_png
from tessella.seals import jades, jose, sd_jwt
from tessella.seals.data_integrity import SUITES, add_proof
from tessella.status import StatusPurpose, status_entry
from tessella.text import pick, say
from tessella.vocabulary import code_list

__all__ = [
    "ALL_FORMATS",
    "FORMATS",
    "Copy",
    "FormatSpec",
    "Issuer",
    "StatusEntry",
    "badge_contexts",
    "seal",
    "seal_award",
    "suite_for",
    "test_issuer",
]

TILE_PIXELS = 640
"""The badge picture: sharp on a page and a phone, about 60 KB."""


BADGE_PICTURE_PIXELS = 240
"""The picture inside a badge's JSON: what a list of badges shows, about 15 KB."""


class Issuer(msgspec.Struct, frozen=True, kw_only=True):
    """Who seals: the organisation and its keys.

    ``badge_signer`` (with a verification method) seals Open Badges, ``seal_signer`` (with a certificate) European Digital Credentials.
    ``test`` marks everything a person sees as sealed by a test certificate.
    ``cryptosuite`` is the Data Integrity suite (empty: the RDF suite for the key); ``jades_profile`` what `jades.seal` offers.
    """

    organisation: Organisation
    badge_signer: Signer | None = None
    seal_signer: Signer | None = None
    test: bool = False
    cryptosuite: str = ""
    jades_profile: Literal["europass", "etsi"] = "europass"

    @property
    def id(self) -> str:
        """The DID under which badges are issued, or the organisation's own id."""
        method = self.badge_signer.verification_method if self.badge_signer else ""
        return method.partition("#")[0] or self.organisation.id


class StatusEntry(msgspec.Struct, frozen=True, kw_only=True):
    """The place of one copy in a published status list."""

    list_url: str
    index: int
    purpose: StatusPurpose = "revocation"


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One sealed copy: a whole file."""

    format: str
    credential_id: str
    data: bytes


class _Job(msgspec.Struct, kw_only=True):
    """What the makers of one award's copies share."""

    award: Award
    issuer: Issuer
    at: dt.datetime
    credential_ids: Mapping[str, str]
    statuses: Mapping[str, StatusEntry | None]
    verify_url: str
    made: dict[str, bytes] = {}

    def get(self, format: str) -> bytes:
        """The copy in another format of the same award, made once."""
        if format not in self.made:
            self.made[format] = FORMATS[format].make(self)
        return self.made[format]

    def status(self, format: str, *, is_elm: bool = False) -> dict[str, Any] | None:
        entry = self.statuses.get(format)
        return status_entry(entry.list_url, entry.index, entry.purpose, elm=is_elm) if entry else None


class FormatSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed format: its name for people, where its files go, and how a copy is made.

    ``has_status``: its copies can be revoked; ``in_all``: made when all formats are asked for (not what cannot be revoked).
    """

    title: str
    folder: str
    suffix: str
    media_type: str
    make: Callable[[_Job], bytes]
    has_status: bool = False
    in_all: bool = True
    builds_on: tuple[str, ...] = ()


def _edc(job: _Job) -> bytes:
    signer = job.issuer.seal_signer
    if signer is None or not signer.certificate_chain:
        raise ConfigError(
            say(
                "A European Digital Credential is sealed with a certificate for electronic seals; there is none."
            ),
            code="issuing.no-seal",
            hint=say(
                "Add one with: tessella keys create NAME --pkcs12 FILE (or --test-seal ORGANISATION to try)."
            ),
        )
    facts = certificate_facts(signer.certificate_chain[0])
    document = elm.write(
        job.award,
        credential_id=job.credential_ids["edc"],
        issued_at=job.at,
        issuer=job.issuer.organisation,
        image=Image(content=_tile(job), media_type="image/png"),
        seal=elm.SealIdentity(
            organisation=facts.organization,
            common_name=facts.common_name,
            organization_identifier=facts.organization_identifier,
            country=_country(facts.country, job.issuer.organisation),
        ),
        status=job.status("edc", is_elm=True),
    )
    text = msgspec.json.encode(document).decode()
    return jades.seal(text, signer, at=job.at, profile=job.issuer.jades_profile)


def _country(stated: str, organisation: Organisation) -> str:
    """The certificate's country; the organisation's own where a test certificate states none that exists."""
    known = code_list("country")
    return (
        stated if stated and known.get(stated) else next((one.code for one in organisation.countries), stated)
    )


def _no_badge_key(message: str) -> ConfigError:
    return ConfigError(
        message, code="issuing.no-key", hint=say("Create one with: tessella keys create badges")
    )


def _badge_document(job: _Job, format: str) -> tuple[dict[str, Any], Signer]:
    signer = job.issuer.badge_signer
    if signer is None:
        raise _no_badge_key(say("Open Badges are sealed with a key that has a DID; there is none."))
    document = openbadges3.write(
        _with_subject_id(job.award) if format == "openbadge-jwt" else job.award,
        credential_id=job.credential_ids[format],
        issued_at=job.at,
        issuer=job.issuer.organisation,
        issuer_id=job.issuer.id,
        image=_tile(job, BADGE_PICTURE_PIXELS) if format != "png" else None,
        status=job.status(format),
        salt=secrets.token_urlsafe(16),
    )
    return document, signer


def _with_subject_id(award: Award) -> Award:
    """A VC-JWT must name its subject (Open Badges 3.0 §8.2.4, ``sub``): a fresh pseudonym where there is no id."""
    if award.learner.id:
        return award
    return msgspec.structs.replace(award, learner=msgspec.structs.replace(award.learner, id=uuid.uuid4().urn))


def _openbadge(job: _Job, format: str = "openbadge") -> bytes:
    document, signer = _badge_document(job, format)
    suite = job.issuer.cryptosuite or suite_for(signer)
    sealed = add_proof(document, signer, cryptosuite=suite, created=job.at, contexts=badge_contexts())
    return msgspec.json.format(msgspec.json.encode(sealed), indent=1)


def _attestation(job: _Job) -> bytes:
    """An SD-JWT VC: every claim about the learner, and most about the award, can be withheld by the holder."""
    signer = job.issuer.badge_signer
    if signer is None:
        raise _no_badge_key(say("Attestations are sealed with a key that has a DID; there is none."))
    made = attestation.write(
        _with_identifier(job.award),
        issuer=job.issuer.organisation,
        issuer_id=job.issuer.id,
        issued_at=job.at,
        credential_id=job.credential_ids["attestation"],
    )
    token = sd_jwt.issue(
        made.claims,
        signer,
        disclosable=made.disclosable,
        decoys=made.decoys,
    )
    return token.encode()


def _with_identifier(award: Award) -> Award:
    """The profile asks for an identifier of the learner; where the provider has none, a pseudonym for this copy."""
    if award.learner.identifiers:
        return award
    pseudonym = Identifier(value=uuid.uuid4().urn, scheme="Pseudonym")
    return msgspec.structs.replace(
        award, learner=msgspec.structs.replace(award.learner, identifiers=(pseudonym,))
    )


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


def _openbadge_jwt(job: _Job) -> bytes:
    document, signer = _badge_document(job, "openbadge-jwt")
    return jose.sign_vc_jwt(document, signer).encode()


def _png(job: _Job) -> bytes:
    return bake_png(_tile(job), _openbadge(job, "png"))


def _pdf(job: _Job) -> bytes:
    attachments = {
        FORMATS[name].suffix.lstrip("."): job.get(name)
        for name in ("edc", "openbadge")
        if name in job.credential_ids
    }
    if not attachments and job.issuer.badge_signer is not None:  # made alone, it carries a badge of its own
        attachments = {FORMATS["openbadge"].suffix.lstrip("."): _openbadge(job, "pdf")}
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


def _tile(job: _Job, size: int = TILE_PIXELS) -> bytes:
    return _tile_png(tile_facts(job.award.micro_credential), size)


@lru_cache(maxsize=64)
def _tile_png(facts: TileFacts, size: int) -> bytes:
    """One picture per micro-credential, not per award."""
    return tile_png(facts, size=size)


FORMATS: Mapping[str, FormatSpec] = {
    "edc": FormatSpec(
        title="European Digital Credential",
        folder="edc",
        suffix=".edc.jsonld",
        media_type="application/ld+json",
        make=_edc,
        has_status=True,
    ),
    "openbadge": FormatSpec(
        title="Open Badge 3.0",
        folder="openbadge",
        suffix=".badge.json",
        media_type="application/vc+ld+json",
        make=_openbadge,
        has_status=True,
    ),
    "openbadge-jwt": FormatSpec(
        title="Open Badge 3.0 as VC-JWT",
        folder="openbadge-jwt",
        suffix=".badge.jwt",
        media_type="text/plain",
        make=_openbadge_jwt,
        has_status=True,
    ),
    "attestation": FormatSpec(
        title="Attestation for wallets (SD-JWT VC)",
        folder="attestation",
        suffix=".sd-jwt",
        media_type="application/dc+sd-jwt",
        make=_attestation,
        in_all=False,
    ),
    "png": FormatSpec(
        title="Open Badge in a picture",
        folder="png",
        suffix=".badge.png",
        media_type="image/png",
        make=_png,
        has_status=True,
    ),
    "pdf": FormatSpec(
        title="Certificate (PDF)",
        folder="pdf",
        suffix=".pdf",
        media_type="application/pdf",
        make=_pdf,
        builds_on=("edc", "openbadge"),
    ),
}
"""All formats an award can be sealed in, by the name that ``--formats`` takes."""


ALL_FORMATS = tuple(name for name, spec in FORMATS.items() if spec.in_all)
"""What ``--formats all`` means."""


@lru_cache(maxsize=1)
def badge_contexts() -> ContextStore:
    """The pinned contexts with the micro-credential extension."""
    return default_contexts().with_context(openbadges3.EXTENSION_CONTEXT_URL, openbadges3.extension_context())


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
    """
    for name in formats:
        if name not in FORMATS:
            raise UnsupportedError(
                say("“%(name)s” is not a format.", name=name),
                code="issuing.format",
                got=name,
                hint=say("Use one or more of: %(names)s.", names=", ".join(FORMATS)),
            )
    job = _Job(
        award=award,
        issuer=issuer,
        at=at,
        credential_ids=credential_ids,
        statuses=statuses or {},
        verify_url=verify_url,
    )
    return tuple(
        Copy(format=name, credential_id=credential_ids[name], data=job.get(name)) for name in formats
    )


def seal(award: Award, issuer: Issuer, format: str, *, at: dt.datetime, credential_id: str = "") -> bytes:
    """One sealed copy of an award; the credential gets a new id when none is given. Raises as `seal_award`."""
    ids = {format: credential_id or uuid.uuid4().urn}
    (copy,) = seal_award(award, issuer, formats=[format], at=at, credential_ids=ids)
    return copy.data


def test_issuer(organisation: Organisation, *, at: dt.datetime) -> Issuer:
    """An issuer with fresh keys and a TEST certificate, to try things out: nothing it seals proves anything.

    Args:
        at: the beginning of the certificate's validity (time-zone aware).
    """
    badge = PrivateKey.generate("Ed25519")
    country = next((place.code for place in organisation.countries), "XX")
    return Issuer(
        organisation=organisation,
        badge_signer=badge.with_verification_method(badge.public_key.did_key_url),
        seal_signer=TestCertificateAuthority(at).issue_seal(
            pick(organisation.name),
            organization_identifier=organisation.legal_id or "NTRXX-00000000",
            country=country,
        ),
        test=True,
    )


test_issuer.__test__ = False  # type: ignore[attr-defined] # not a test, whatever its name says to pytest
