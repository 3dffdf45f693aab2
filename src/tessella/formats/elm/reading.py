"""Reading a European Digital Credential, anybody's, into the record.

Reads ELM 3.1 and 3.2, signed contents, unsealed documents and the issuer's upload wrapper. Incomplete or odd data never raises: what
cannot be understood stays in the ``extra`` of the struct it belongs to, and a remark says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec

from tessella.errors import SchemaError
from tessella.formats.elm._achieved import read_part
from tessella.formats.elm._nodes import OWN_URI
from tessella.formats.elm._parties import same_organisation
from tessella.formats.elm._reading_record import Learned, credits_of, quality_of
from tessella.formats.elm._views import Remark, Source, View
from tessella.model import (
    Award,
    AwardStatus,
    Evidence,
    Image,
    Learner,
    MicroCredential,
    Organisation,
    QualityAssurance,
    Route,
    RuleApplied,
)
from tessella.text import say
from tessella.vocabulary import Concept

__all__ = ["ElmRead", "detect", "read", "unwrap"]

_CREDENTIAL_TYPE = "EuropeanDigitalCredential"
_OURS = frozenset(("Award", "Assessment"))


class ElmRead(msgspec.Struct, frozen=True, kw_only=True):
    """What a European Digital Credential says.

    ``award`` is the record; the rest are facts of the credential itself. ``issuer`` is who issued (after sealing: as the certificate
    names them); ``other_claims`` are the claims after the first, as they stand; ``remarks`` name what was odd or could not be used;
    ``extra`` keeps top-level properties nobody asked for.
    """

    award: Award
    credential_id: str
    issuer: Organisation | None
    issued: dt.datetime | None
    valid_from: dt.datetime | None
    valid_until: dt.datetime | None
    status: dict[str, Any] | None = None
    image: Image | None = None
    profiles: tuple[Concept, ...] = ()
    schemas: tuple[str, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()
    other_claims: tuple[dict[str, Any], ...] = ()
    remarks: tuple[Remark, ...] = ()
    extra: dict[str, Any] = {}


def unwrap(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The credential itself: the document, or what the issuer's upload wrapper holds."""
    inner = document.get("credential")
    return inner if isinstance(inner, Mapping) and "credentialSubject" not in document else document


def detect(document: object) -> bool:
    """Whether a parsed JSON document is a European Digital Credential, bare or in the upload wrapper."""
    if not isinstance(document, Mapping):
        return False
    types = unwrap(document).get("type")
    return _CREDENTIAL_TYPE in (types if isinstance(types, list) else [types])


def read(document: Mapping[str, Any]) -> ElmRead:
    """The record and the facts of a credential (or upload wrapper). Looks at no seal.

    Raises:
        SchemaError: the document is not a European Digital Credential at all.
    """
    if not detect(document):
        raise SchemaError(
            say("This is not a European Digital Credential."),
            code="input.schema.elm",
            hint=say("Its “type” must contain EuropeanDigitalCredential."),
        )
    credential = unwrap(document)
    source = Source(credential)
    top = View(source, credential, "")
    top.values("@context")
    display = top.node("displayParameter")
    language = source.language = _language(credential, display)
    issuer = _issuer(top)
    subject = top.node("credentialSubject") or View(source, {}, "credentialSubject")
    claim, others = _claims(subject)
    record, award = _award(claim, language=language, display=display, issuer=issuer, top=top)
    issued = _issued(top)
    valid_from, until, expires = (
        top.moment("validFrom"),
        top.moment("validUntil"),
        top.moment("expirationDate"),
    )
    valid_until = min(filter(None, (until, expires)), default=None)
    status = top.node("credentialStatus")
    result = msgspec.structs.replace(
        award,
        id=award.id or top.id,
        micro_credential=record,
        learner=_learner(subject),
        issued_at=issued,
        valid_from=valid_from,
        valid_until=valid_until,
        number=_number(top),
        status=(_status(status),) if status else (),
    )
    return ElmRead(
        award=result,
        credential_id=top.id,
        issuer=issuer,
        issued=issued,
        valid_from=valid_from,
        valid_until=valid_until,
        status=dict(status.data) if status else None,
        image=_picture(display),
        profiles=top.concepts("credentialProfiles"),
        schemas=tuple(view.id for view in top.nodes("credentialSchema")),
        evidence=tuple(dict(view.data) for view in top.nodes("evidence")),
        other_claims=tuple(dict(view.data) for view in others),
        remarks=source.remarks,
        extra=top.left(),
    )


def _language(credential: Mapping[str, Any], display: View | None) -> str:
    """The primary language as a tag; a regional variant is taken from the titles."""
    tongue = display.concept("primaryLanguage") if display else None
    code = tongue.code if tongue else ""
    titles = display.data.get("title") if display else None
    tags = [tag for tag in titles if isinstance(tag, str)] if isinstance(titles, Mapping) else []
    if not code:
        return tags[0] if tags else "en"
    variants = [tag for tag in tags if tag.partition("-")[0].lower() == code]
    return code if code in variants or not variants else variants[0]


def _issuer(top: View) -> Organisation | None:
    view = top.node("issuer")
    return view.organisation() if view else None


def _issued(top: View) -> dt.datetime | None:
    issued, issuance = top.moment("issued"), top.moment("issuanceDate")
    if issued and issuance and issued != issuance:
        top.source.remark(
            "issued",
            "dates-differ",
            say("The two dates of issuing differ; “issued” is taken as the moment of sealing."),
        )
    return issued or issuance


def _number(top: View) -> str:
    """The number of the certificate: the identifier of that name, or the only one there is."""
    identifiers = top.identifiers()
    named = next((item for item in identifiers if item.scheme == "Certificate number"), None)
    chosen = named or (identifiers[0] if identifiers else None)
    if len(identifiers) > 1 or (chosen and chosen.scheme not in ("", "Certificate number")):
        top.put_back("identifier", top.data["identifier"])
    return chosen.value if chosen else ""


def _status(view: View) -> AwardStatus:
    kinds = [name for name in view.types if name != "CredentialStatus"]
    index = view.string("statusListIndex")
    return AwardStatus(
        type=kinds[0] if kinds else "CredentialStatus",
        purpose=view.string("statusPurpose"),
        list_url=view.string("statusListCredential"),
        index=int(index) if index.isdecimal() and len(index) < 19 else None,
        extra=view.left(),
    )


def _picture(display: View | None) -> Image | None:
    """The picture of the first page in the first language."""
    one = display.node("individualDisplay") if display else None
    pages = one.nodes("displayDetail") if one else []
    first = min(pages, key=lambda view: str(view.data.get("page", "")), default=None)
    return first.image("image") if first else None


def _claims(subject: View) -> tuple[View, list[View]]:
    """The claim that is the award (the first achievement, else the first claim), and the others."""
    claims = subject.nodes("hasClaim")
    if not claims:
        subject.source.remark(subject.path, "no-claim", say("The credential claims nothing."))
        return View(subject.source, {}, f"{subject.path}.hasClaim"), []
    chosen = next((view for view in claims if "LearningAchievement" in view.types), claims[0])
    others = [view for view in claims if view is not chosen]
    if others:
        subject.source.remark(
            f"{subject.path}.hasClaim",
            "more-claims",
            say(
                "The credential has %(count)s more claims; the first achievement is read as the award.",
                count=len(others),
            ),
        )
    if "LearningAchievement" not in chosen.types:
        subject.source.remark(chosen.path, "no-achievement", say("The claim is not a learning achievement."))
    return chosen, others


def _award(
    claim: View, *, language: str, display: View | None, issuer: Organisation | None, top: View
) -> tuple[MicroCredential, Award]:
    process = claim.node("awardedBy")
    body_views = process.nodes("awardingBody") if process else []
    accreditations = [(view, view.nodes("accreditation")) for view in body_views]
    bodies = tuple(view.organisation() for view in body_views)
    learned = Learned(claim, bodies)
    for body, (_, found) in zip(bodies, accreditations, strict=True):
        learned.quality += [quality_of(view, bodies, body) for view in found]
    activities = claim.nodes("influencedBy")
    if activities:
        learned.activity(activities[0])
    if activities[1:]:
        claim.put_back("influencedBy", [dict(view.data) for view in activities[1:]])
    proofs = claim.nodes("provenBy")
    results = [result for view in proofs if (result := learned.assessment(view, one_of_many=len(proofs) > 1))]
    noted, _ = claim.notes("achievement")
    identifiers = claim.identifiers()
    named = {item.scheme: item.value for item in identifiers}
    if set(named) - _OURS:
        claim.put_back("identifier", claim.data["identifier"])
    credits = credits_of(claim, "creditReceived")
    links = claim.links("supplementaryDocument")
    learned.quality += _evidenced(top, bodies, learned)
    sponsor = issuer if issuer and _is_sponsor(issuer, bodies, top) else None
    record = learned.record(language=language, display=display, sponsor=sponsor)
    described = claim.text("description")
    if described and not record.description:
        record = msgspec.structs.replace(record, description=described)
    elif described:
        claim.put_back("description", described)
    route = noted.pop("route", Route.COURSE)
    rule = {path.partition(".")[2]: noted.pop(path) for path in tuple(noted) if path.startswith("rule.")}
    award = Award(
        id=named.get("Award", ""),
        micro_credential=record,
        learner=Learner(),
        route=route,
        awarded_on=process.day("awardingDate") if process else None,
        results=tuple(results),
        credits=credits,
        evidence=tuple(Evidence(links=(link,)) for link in links),
        parts=tuple(map(read_part, claim.nodes("hasPart"))),
        rule=RuleApplied(**rule) if rule else None,
        extra={**claim.left(), **({"awardedBy": process.left()} if process and process.left() else {})},
        **noted,
    )
    return record, award


def _is_sponsor(issuer: Organisation, bodies: tuple[Organisation, ...], top: View) -> bool:
    """Whether the issuer is another than the awarding bodies: there is a mandate, or nothing in common."""
    evidence = View(top.source, top.data, top.path).nodes("evidence")
    mandates = (kind.code == "mandate" for item in evidence for kind in item.concepts("dcType"))
    return any(mandates) or not any(same_organisation(issuer, body) for body in bodies)


def _evidenced(top: View, bodies: tuple[Organisation, ...], learned: Learned) -> list[QualityAssurance]:
    """Accreditations that stand in the credential's evidence and nowhere else."""
    evidence = View(top.source, top.data, top.path).nodes("evidence")
    found = [view for item in evidence for view in item.nodes("accreditation")]
    made = [quality_of(view, bodies, None) for view in found]
    known = [msgspec.structs.replace(quality, covers=None) for quality in learned.quality]
    return [quality for quality in made if quality not in known]


def _learner(subject: View) -> Learner:
    identifiers = subject.identifiers()
    national = subject.node("nationalID")
    gender = subject.concept("gender")
    own = next((item.value for item in identifiers if item.scheme == OWN_URI), "")
    stated = subject.data.get("dateOfBirth")
    born = subject.day("dateOfBirth")
    plain = f"{born.isoformat()}T00:00:00Z" if born else None
    full_name, given_name = subject.name("fullName"), subject.name("givenName")
    return Learner(
        id=own or subject.own_id,
        full_name=full_name,
        given_name=given_name,
        family_name=subject.name("familyName"),
        birth_date=born,
        birth_date_stated=stated
        if isinstance(stated, str) and stated not in (plain, born and born.isoformat())
        else "",
        national_id=national.as_identifier() if national else None,
        identifiers=tuple(item for item in identifiers if item.scheme != OWN_URI),
        email=subject.email(),
        citizenship=subject.concepts("citizenshipCountry"),
        gender=(gender.code or gender.label()) if gender else "",
        extra=subject.left(),
    )
