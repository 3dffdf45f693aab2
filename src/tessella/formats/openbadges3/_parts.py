"""The standard's own objects, both ways: profiles, alignments, criteria, results, evidence, status."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tessella.formats.openbadges3._json import Reading, iri, is_iri, items
from tessella.formats.openbadges3._names import identifier_type, scheme_of
from tessella.model import (
    AwardedPart,
    AwardStatus,
    Evidence,
    GradingScheme,
    Identifier,
    Image,
    Levels,
    Link,
    MicroCredential,
    Organisation,
    Outcome,
    Place,
    QualityAssurance,
    QualitySide,
    Result,
    RuleApplied,
)
from tessella.text import pick, say
from tessella.vocabulary import Concept, by_uri, code_list

__all__ = [
    "alignments",
    "criteria_narrative",
    "data_uri",
    "evidence_objects",
    "identifier_entries",
    "part_objects",
    "profile",
    "read_alignments",
    "read_evidence",
    "read_identifier_entries",
    "read_image",
    "read_parts",
    "read_profile",
    "read_results",
    "read_rule",
    "read_status",
    "result_objects",
    "rule_alignment",
    "status_objects",
]

_LEGAL_ID = "ext:eIDASIdentifier"
_REGISTRATION = "ext:registration"
_DATA_URI = re.compile(r"data:(image/(?:png|svg\+xml|jpeg));base64,([A-Za-z0-9+/=]+)")
_BITSTRING_ENTRY = "BitstringStatusListEntry"
_ESCO_SKILL = "http://data.europa.eu/esco/skill/"

_PROFILE_FIELDS = frozenset(
    {"id", "type", "name", "url", "email", "image", "address", "otherIdentifier"}
)  # everything else is kept as extra


def data_uri(content: bytes, media_type: str) -> str:
    """Bytes as a ``data:`` URL (RFC 2397)."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def profile(organisation: Organisation, id: str, language: str) -> dict[str, Any]:
    """An organisation as a Profile, in one language."""
    made: dict[str, Any] = {"id": id, "type": ["Profile"], "name": pick(organisation.name, (language,))}
    if is_iri(organisation.homepage):
        made["url"] = organisation.homepage
    if organisation.email:
        made["email"] = organisation.email
    if organisation.logo:
        made["image"] = {
            "id": data_uri(organisation.logo.content, organisation.logo.media_type),
            "type": "Image",
        }
    if organisation.places:
        made["address"] = _address(organisation.places[0], language)
    entries = [(organisation.legal_id, _LEGAL_ID)]
    if organisation.registration:
        entries.append((organisation.registration.value, _REGISTRATION))
    made["otherIdentifier"] = [_entry(value, kind) for value, kind in entries if value]
    made["otherIdentifier"] += identifier_entries(organisation.identifiers)
    return {name: value for name, value in made.items() if value}


def _address(place: Place, language: str) -> dict[str, Any]:
    made: dict[str, Any] = {"type": ["Address"]}
    country = place.country
    if country and code_list("country").in_list(country):
        made["addressCountryCode"] = country.code
    if country and (name := country.label(language, "en")) != country.uri:
        made["addressCountry"] = name
    if place.region:
        made["addressRegion"] = place.region
    if text := pick(place.address, (language,)):
        made["streetAddress"] = text
    return made


def identifier_entries(identifiers: Sequence[Identifier]) -> list[dict[str, str]]:
    """Identifiers as IdentifierEntry objects; a scheme that is no plain word is not carried."""
    return [_entry(one.value, identifier_type(one.scheme)) for one in identifiers]


def _entry(value: str, kind: str) -> dict[str, str]:
    return {"type": "IdentifierEntry", "identifier": value, "identifierType": kind}


def read_identifier_entries(value: Any, reading: Reading, place: str) -> tuple[Identifier, ...]:
    """IdentifierEntry objects as identifiers."""
    made = []
    for n, entry in enumerate(reading.nodes(value, place)):
        at = f"{place}[{n}]"
        kind = reading.string(entry.get("identifierType"), at)
        text = reading.string(entry.get("identifier"), at)
        if text:
            made.append(Identifier(value=text, scheme=scheme_of(kind)))
    return tuple(made)


def read_profile(value: Any, reading: Reading, place: str) -> Organisation:
    """A Profile, or the id alone, as an organisation; its texts are in the document's language."""
    node = reading.node(value, place)
    found: dict[str, Any] = {
        name: reading.string(node.get(member), f"{place}.{member}")
        for name, member in (("id", "id"), ("homepage", "url"), ("email", "email"))
    }
    identifiers = read_identifier_entries(node.get("otherIdentifier"), reading, f"{place}.otherIdentifier")
    legal = [one.value for one in identifiers if f"ext:{one.scheme}" == _LEGAL_ID]
    registration = [
        Identifier(value=one.value) for one in identifiers if f"ext:{one.scheme}" == _REGISTRATION
    ]
    special = {_LEGAL_ID, _REGISTRATION}
    name = reading.string(node.get("name"), f"{place}.name")
    return Organisation(
        name=reading.text(name, place),
        legal_id=legal[0] if legal else "",
        registration=registration[0] if registration else None,
        identifiers=tuple(one for one in identifiers if f"ext:{one.scheme}" not in special),
        places=_read_address(node.get("address"), reading, f"{place}.address"),
        logo=read_image(node.get("image")),
        extra={key: value for key, value in node.items() if key not in _PROFILE_FIELDS},
        **found,
    )


def _read_address(value: Any, reading: Reading, place: str) -> tuple[Place, ...]:
    if value is None:
        return ()
    node = reading.node(value, place)
    code = reading.string(node.get("addressCountryCode"), place)
    named = reading.string(node.get("addressCountry"), place)
    countries = code_list("country")
    lines = [
        reading.string(node.get(member), place)
        for member in ("streetAddress", "postOfficeBoxNumber", "postalCode", "addressLocality")
    ]
    made = Place(
        country=countries.get(code) or countries.get(named),
        region=reading.string(node.get("addressRegion"), place),
        address=reading.text(", ".join(filter(None, lines)), place),
    )
    return () if made == Place() else (made,)


def read_image(value: Any) -> Image | None:
    """A picture that the document itself carries; an address alone is no picture yet."""
    first = next(iter(items(value)), None)
    address = first.get("id") if isinstance(first, dict) else first
    match = _DATA_URI.fullmatch(address) if isinstance(address, str) else None
    if match is None:
        return None
    try:
        return Image(content=base64.b64decode(match.group(2), validate=True), media_type=match.group(1))
    except (binascii.Error, ValueError):
        return None


def _alignment(concept: Concept, kind: str, framework: str, language: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": ["Alignment"],
        "targetName": concept.label(language, "en"),
        "targetUrl": concept.uri,
        "targetFramework": framework,
        "targetType": kind,
    }
    return made | {"targetCode": concept.code} if concept.code else made


def alignments(micro: MicroCredential) -> list[dict[str, Any]]:
    """Skills, levels and fields as alignments; the extension says the same with their meaning."""
    levels = micro.levels or Levels()
    rows: list[tuple[Sequence[Concept], str, str]] = [
        ([skill for outcome in micro.outcomes for skill in outcome.esco], "ext:ESCOSkill", "ESCO"),
        (levels.eqf, "ext:EQF", "European Qualifications Framework"),
        (levels.nqf, "ext:NQF", "National Qualifications Framework"),
        (
            (levels.qf_ehea,) if levels.qf_ehea else (),
            "ext:QF-EHEA",
            "Qualifications Framework of the European Higher Education Area",
        ),
        (micro.fields, "ext:ISCED-F", "ISCED-F 2013"),
    ]
    made = [
        _alignment(concept, kind, framework, micro.language)
        for concepts, kind, framework in rows
        for concept in concepts
    ]
    return list({one["targetType"] + one["targetUrl"]: one for one in made}.values())


def read_alignments(nodes: Sequence[Mapping[str, Any]], reading: Reading, place: str) -> dict[str, Any]:
    """What alignments say of the record: levels, fields, skills, quality assurance; the rest under ``rest``."""
    found: dict[str, list[Any]] = {name: [] for name in (*_MEMBERS.values(), "quality", "rest")}
    for n, node in enumerate(nodes):
        if node.get("targetType") == _RULE:
            continue
        at = f"{place}[{n}]"
        concept = _target(node, reading, at)
        name = reading.text(reading.string(node.get("targetName"), at), at)
        member = _member(node, concept)
        if member == "outcomes":
            found[member].append(Outcome(title=name, esco=(concept,)))
        elif member:
            found[member].append(concept)
        elif node.get("targetType") == "ext:QualityAssurance":
            reading.note("quality-side", say("The badge does not say who assured the quality."), at)
            report = Link(url=concept.uri) if concept.uri else None
            found["quality"].append(QualityAssurance(side=QualitySide.INTERNAL, title=name, report=report))
        else:
            found["rest"].append(dict(node))
    cycles = found.pop("qf_ehea")
    levels = Levels(
        eqf=tuple(found.pop("eqf")), nqf=tuple(found.pop("nqf")), qf_ehea=cycles[0] if cycles else None
    )
    return {"levels": None if levels == Levels() else levels, **found}


_MEMBERS = {
    "ext:EQF": "eqf",
    "ext:NQF": "nqf",
    "ext:QF-EHEA": "qf_ehea",
    "ext:ISCED-F": "fields",
    "ext:ESCOSkill": "outcomes",
}
"""What an alignment is about, by its targetType, ours and those that others use alike."""

_LISTS = {"eqf": "eqf", "nqf": "nqf", "qf-ehea": "qf_ehea", "isced-f": "fields"}


def _target(node: Mapping[str, Any], reading: Reading, place: str) -> Concept:
    """What an alignment points to: the list's concept if its list is known; an EQF level also by its number."""
    url, code, name = (
        reading.string(node.get(member), place) for member in ("targetUrl", "targetCode", "targetName")
    )
    known = by_uri(url)
    if known is None and node.get("targetType") == "ext:EQF" and (digit := re.search(r"[1-8]", code or name)):
        known = code_list("eqf").get(digit.group())
    return known or Concept(uri=url, code=code, labels=reading.text(name, place))


def _member(node: Mapping[str, Any], concept: Concept) -> str:
    schemes = {code_list(name).scheme: member for name, member in _LISTS.items()}
    kind = node.get("targetType")
    if concept.scheme in schemes:
        return schemes[concept.scheme]
    if concept.uri.startswith(_ESCO_SKILL):
        return "outcomes"
    return _MEMBERS.get(kind, "") if isinstance(kind, str) and concept.uri else ""


def criteria_narrative(micro: MicroCredential) -> str:
    """The criteria in the record's language: its own, else those of its assessments, else its outcomes."""
    own = pick(micro.criteria, (micro.language,))
    parts = [pick(assessment.criteria, (micro.language,)) for assessment in micro.assessments]
    parts = list(filter(None, parts)) or [f"- {pick(o.title, (micro.language,))}" for o in micro.outcomes]
    return own or "\n".join(parts) or pick(micro.title, (micro.language,))


def result_objects(
    micro: MicroCredential, results: Sequence[Result]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """ResultDescriptions (for the achievement) and Results (for the subject) of what has a grade."""
    descriptions: list[dict[str, Any]] = []
    made: list[dict[str, Any]] = []
    named = {assessment.id: assessment for assessment in micro.assessments if assessment.id}
    base = micro.id + ("/" if "#" in micro.id else "#") + "result-"
    for n, result in enumerate(results, 1):
        if not result.grade:
            continue
        assessment = named.get(result.assessment)
        scheme = result.scheme or (assessment.grading if assessment else None)
        title = pick(result.title, (micro.language,)) or pick(
            assessment.title if assessment else {}, (micro.language,)
        )
        description = {
            "id": f"{base}{n}",
            "type": ["ResultDescription"],
            "name": title or "Result",
            "resultType": "Result",
            "valueMin": scheme.minimum if scheme else "",
            "valueMax": scheme.maximum if scheme else "",
            "requiredValue": scheme.passing if scheme else "",
        }
        descriptions.append({name: value for name, value in description.items() if value})
        made.append({"type": ["Result"], "resultDescription": description["id"], "value": result.grade})
    return descriptions, made


def read_results(
    subject: Mapping[str, Any], achievement: Mapping[str, Any], reading: Reading
) -> tuple[Result, ...]:
    """Results with what their descriptions say of the scale."""
    place = "$.credentialSubject.result"
    described = {
        str(node.get("id")): node
        for node in reading.nodes(
            achievement.get("resultDescription"), "$.credentialSubject.achievement.resultDescription"
        )
    }
    made = []
    for n, node in enumerate(reading.nodes(subject.get("result"), place)):
        at = f"{place}[{n}]"
        description = described.get(reading.string(node.get("resultDescription"), at), {})
        scale: dict[str, Any] = {
            name: reading.string(description.get(member), at)
            for name, member in (
                ("minimum", "valueMin"),
                ("maximum", "valueMax"),
                ("passing", "requiredValue"),
            )
        }
        rest = {k: v for k, v in node.items() if k not in ("type", "id", "value", "resultDescription")}
        made.append(
            Result(
                title=reading.text(reading.string(description.get("name"), at), at),
                grade=reading.string(node.get("value"), at),
                scheme=GradingScheme(title={}, **scale) if any(scale.values()) else None,
                extra=rest,
            )
        )
    return tuple(made)


def evidence_objects(evidence: Sequence[Evidence], language: str) -> Iterator[dict[str, Any]]:
    """Evidence in one language, with its first page."""
    for one in evidence:
        made = {
            "id": next((link.url for link in one.links if is_iri(link.url)), ""),
            "type": ["Evidence"],
            "name": pick(one.title, (language,)),
            "description": pick(one.description, (language,)),
            "genre": one.type,
        }
        yield {name: value for name, value in made.items() if value}


PART_GENRE = "micro-credential"
"""The genre of evidence that is a credential of the learner, counted towards the badge."""

_RULE = "ext:StackingRule"
_PART_MEMBERS = ("id", "type", "name", "narrative", "genre")


def part_objects(parts: Sequence[AwardedPart], language: str) -> Iterator[dict[str, Any]]:
    """The credentials that a badge is combined from, as evidence for it; those without a URI stand in the extension only."""
    for part in parts:
        if not is_iri(part.id):
            continue
        by = ", ".join(pick(body.name, (language,)) for body in part.awarded_by)
        facts = (
            say("Awarded by %(names)s.", names=by) if by else "",
            say("Awarded on %(day)s.", day=part.awarded_on) if part.awarded_on else "",
            f"SHA-256: {part.sha256}." if part.sha256 else "",
        )
        made = {
            "id": part.id,
            "type": ["Evidence"],
            "name": pick(part.title, (language,)),
            "narrative": " ".join((say("Counts towards this award."), *filter(None, facts))),
            "genre": PART_GENRE,
        }
        yield {name: value for name, value in made.items() if value}


def is_part(node: Mapping[str, Any]) -> bool:
    """Whether evidence is a credential that was counted: it has the genre and says which."""
    genre = node.get("genre")
    return isinstance(genre, str) and genre.casefold() == PART_GENRE and bool(node.get("id"))


def read_parts(value: Any, reading: Reading, place: str) -> tuple[AwardedPart, ...]:
    """The evidence that is credentials of the learner."""
    made = []
    for n, node in enumerate(reading.nodes(value, place)):
        if is_part(node):
            at = f"{place}[{n}]"
            id, name, narrative = (reading.string(node.get(key), at) for key in ("id", "name", "narrative"))
            rest = {key: kept for key, kept in node.items() if key not in _PART_MEMBERS}
            made.append(
                AwardedPart(
                    id=id,
                    title=reading.text(name, at),
                    extra=rest | ({"narrative": narrative} if narrative else {}),
                )
            )
    return tuple(made)


def rule_alignment(rule: RuleApplied, language: str) -> dict[str, Any] | None:
    """The rule as what the achievement is aligned with; None without an address or a URI of it."""
    address = next((one for one in (rule.url, rule.id) if is_iri(one)), "")
    if not address:
        return None
    made = {
        "type": ["Alignment"],
        "targetName": pick(rule.title, (language,)) or rule.id or address,
        "targetUrl": address,
        "targetType": _RULE,
        "targetCode": rule.version,
    }
    return {name: value for name, value in made.items() if value}


def read_rule(nodes: Sequence[Mapping[str, Any]], reading: Reading, place: str) -> RuleApplied | None:
    """The rule that an achievement is aligned with, if it names one."""
    for n, node in enumerate(nodes):
        if node.get("targetType") == _RULE:
            at = f"{place}[{n}]"
            name, url, code = (
                reading.string(node.get(key), at) for key in ("targetName", "targetUrl", "targetCode")
            )
            return RuleApplied(id=url, title=reading.text(name, at), version=code)
    return None


def read_evidence(value: Any, reading: Reading, place: str) -> tuple[Evidence, ...]:
    """Evidence objects; members without a place in the record are kept as extra. Credentials that were counted are `read_parts`."""
    known = ("id", "type", "name", "description", "genre")
    made = []
    for n, node in enumerate(reading.nodes(value, place)):
        if is_part(node):
            continue
        at = f"{place}[{n}]"
        texts = {name: reading.string(node.get(name), at) for name in ("id", "name", "description", "genre")}
        made.append(
            Evidence(
                title=reading.text(texts["name"], at),
                description=reading.text(texts["description"], at),
                type=texts["genre"],
                links=(Link(url=texts["id"]),) if texts["id"] else (),
                extra={k: v for k, v in node.items() if k not in known},
            )
        )
    return tuple(made)


def status_objects(statuses: Sequence[AwardStatus]) -> list[dict[str, Any]]:
    """The entries of Bitstring Status Lists (Bitstring Status List §2.1); other types belong to other copies."""
    made = []
    for n, status in enumerate(statuses):
        if status.type == _BITSTRING_ENTRY:
            entry = {
                "type": status.type,
                "statusPurpose": status.purpose,
                "statusListIndex": "" if status.index is None else str(status.index),
                "statusListCredential": status.list_url and iri(status.list_url, f"status[{n}].list_url"),
            }
            made.append({name: value for name, value in entry.items() if value})
    return made


def read_status(value: Any, reading: Reading, place: str) -> tuple[AwardStatus, ...]:
    """Status entries of any type; the raw objects stay in `CredentialFacts`."""
    made = []
    for n, node in enumerate(reading.nodes(value, place)):
        at = f"{place}[{n}]"
        index = reading.string(node.get("statusListIndex"), at)
        list_url = node.get("statusListCredential") or node.get("id")
        made.append(
            AwardStatus(
                type=reading.string(node.get("type"), at),
                purpose=reading.string(node.get("statusPurpose"), at),
                list_url=reading.string(list_url, at),
                index=int(index) if index.isascii() and index.isdecimal() and len(index) < 16 else None,
            )
        )
    return tuple(made)
