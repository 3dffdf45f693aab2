"""The XML of a trusted list → data (ETSI TS 119 612 §5). What is read here must have been verified before."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterator
from typing import Any

from asn1crypto import x509

from tessella.errors import LimitError, SchemaError
from tessella.text import say
from tessella.trust.trusted_lists._criteria import Criteria
from tessella.trust.trusted_lists.model import (
    ListedService,
    ListFacts,
    Pointer,
    Qualification,
    ServiceKind,
    ServiceState,
)

__all__ = ["MAX_POINTERS", "MAX_SERVICES", "TSL", "read_facts", "read_pointers", "read_services"]

MAX_POINTERS = 200
"""Lists that one list of the lists names; the European one names about 60, in XML and as PDF."""

MAX_SERVICES = 20_000
"""Services in one list; the longest of the Union has some hundreds."""

MAX_CRITERIA_DEPTH = 8
"""Criteria nest in lists; real ones in two or three levels."""

TSL = "http://uri.etsi.org/02231/v2#"
_NAMES = {
    "tsl": TSL,
    "more": "http://uri.etsi.org/02231/v2/additionaltypes#",
    "sie": "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#",
    "xades": "http://uri.etsi.org/01903/v1.3.2#",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
_LANGUAGE = f"{{{_NAMES['xml']}}}lang"
_TYPES = {"ForeSignatures": "esign", "ForeSeals": "eseal", "ForWebSiteAuthentication": "web"}  # §5.5.9.4
_KNOWN_EXTENSIONS = {
    f"{{{TSL}}}AdditionalServiceInformation",
    f"{{{TSL}}}ExpiredCertsRevocationInfo",
    f"{{{_NAMES['sie']}}}Qualifications",
    f"{{{_NAMES['more']}}}TakenOverBy",
}
_XML_LIST = "application/vnd.etsi.tsl+xml"


def read_facts(root: Any) -> ListFacts:
    """The list's words about itself.

    Raises:
        SchemaError: ``input.schema.trusted-list``, a needed one is missing or cannot be read.
    """
    scheme = root.find("tsl:SchemeInformation", _NAMES)
    if scheme is None:
        raise _bad(say("It has no SchemeInformation."))
    number = _text(scheme, "tsl:TSLSequenceNumber")
    issued = _moment(_text(scheme, "tsl:ListIssueDateTime"))
    if not number.isdecimal() or len(number) > 9 or issued is None:
        raise _bad(say("It has no sequence number or no issue date."))
    update = _text(scheme, "tsl:NextUpdate/tsl:dateTime")
    next_update = _moment(update)
    if update and next_update is None:
        raise _bad(say("The date of its next update cannot be read."))
    return ListFacts(
        territory=_text(scheme, "tsl:SchemeTerritory").upper()[:10],
        operator=_named(scheme, "tsl:SchemeOperatorName/tsl:Name"),
        kind=_last(_text(scheme, "tsl:TSLType")),
        sequence_number=int(number),
        issued_at=issued,
        next_update=next_update,
        scheme_uris=tuple(
            uri.text.strip()
            for uri in scheme.findall("tsl:SchemeInformationURI/tsl:URI", _NAMES)
            if uri.text and uri.text.strip()
        ),
    )


def read_pointers(root: Any) -> tuple[Pointer, ...]:
    """The pointers to lists in XML; those to other forms of the same lists are left out.

    Raises:
        LimitError: more than `MAX_POINTERS`.
    """
    found = root.findall("tsl:SchemeInformation/tsl:PointersToOtherTSL/tsl:OtherTSLPointer", _NAMES)
    if len(found) > MAX_POINTERS:
        raise _too_many(len(found), MAX_POINTERS)
    return tuple(_pointer(one) for one in found if _more(one, "more:MimeType") in ("", _XML_LIST))


def _pointer(node: Any) -> Pointer:
    return Pointer(
        territory=_more(node, "tsl:SchemeTerritory").upper()[:10],
        kind=_last(_more(node, "tsl:TSLType")),
        location=_text(node, "tsl:TSLLocation"),
        signers=_certificates(node, "tsl:ServiceDigitalIdentities/tsl:ServiceDigitalIdentity/tsl:DigitalId"),
    )


def _more(pointer: Any, name: str) -> str:
    return _text(pointer, f"tsl:AdditionalInformation/tsl:OtherInformation/{name}")


def read_services(root: Any) -> tuple[ListedService, ...]:
    """The services for certificates and time stamps (`ServiceKind`) that the list has or had.

    Raises:
        LimitError: more than `MAX_SERVICES`.
    """
    services = []
    for provider in root.findall("tsl:TrustServiceProviderList/tsl:TrustServiceProvider", _NAMES):
        name = _named(provider, "tsl:TSPInformation/tsl:TSPName/tsl:Name")
        for node in provider.findall("tsl:TSPServices/tsl:TSPService", _NAMES):
            services += [one for one in [_service(name, node)] if one is not None]
            if len(services) > MAX_SERVICES:
                raise _too_many(len(services), MAX_SERVICES)
    return tuple(services)


def _service(provider: str, node: Any) -> ListedService | None:
    """The service; None when it is of another kind, or names no certificate or no readable state."""
    entries = [
        *node.findall("tsl:ServiceInformation", _NAMES)[:1],
        *node.findall("tsl:ServiceHistory/tsl:ServiceHistoryInstance", _NAMES),
    ]
    if not any(_text(one, "tsl:ServiceTypeIdentifier") in frozenset(ServiceKind) for one in entries):
        return None
    # A history names its service by key identifier only (§5.6.3): the present entry has the certificates.
    certificates = (_certificates(one, "tsl:ServiceDigitalIdentity/tsl:DigitalId") for one in entries)
    states = [state for one in entries if (state := _state(one)) is not None]
    named = {der: _subject(der) for found in certificates for der in found}
    usable = {der: subject for der, subject in named.items() if subject}
    if not usable or not states:
        return None
    return ListedService(
        provider=provider,
        name=_named(entries[0], "tsl:ServiceName/tsl:Name"),
        certificates=tuple(usable),
        subjects=frozenset(usable.values()),
        states=tuple(sorted(states, key=lambda state: state.since, reverse=True)),
    )


def _state(node: Any) -> ServiceState | None:
    since = _moment(_text(node, "tsl:StatusStartingTime"))
    if since is None:
        return None
    types: set[str] = set()
    qualifications: list[Qualification] = []
    unknown = ""
    for extension in node.findall("tsl:ServiceInformationExtensions/tsl:Extension", _NAMES):
        content = [one for one in extension if isinstance(one.tag, str)]
        if extension.get("Critical") == "true":
            unknown = unknown or next((one.tag for one in content if one.tag not in _KNOWN_EXTENSIONS), "")
        for uri in extension.findall("tsl:AdditionalServiceInformation/tsl:URI", _NAMES):
            types.update(_TYPES[name] for name in [_last((uri.text or "").strip())] if name in _TYPES)
        elements = extension.findall("sie:Qualifications/sie:QualificationElement", _NAMES)
        qualifications += [_qualification(one) for one in elements]
    return ServiceState(
        kind=_text(node, "tsl:ServiceTypeIdentifier"),
        status=_last(_text(node, "tsl:ServiceStatus")),
        since=since,
        types=frozenset(types),
        qualifications=tuple(qualifications),
        unknown=unknown,
    )


def _qualification(node: Any) -> Qualification:
    uris = (one.get("uri", "") for one in node.findall("sie:Qualifiers/sie:Qualifier", _NAMES))
    found = node.find("sie:CriteriaList", _NAMES)
    criteria = Criteria(combine="", unknown="CriteriaList") if found is None else _criteria(found)
    return Qualification(qualifiers=frozenset(_last(uri) for uri in uris), criteria=criteria)


def _criteria(node: Any, depth: int = 0) -> Criteria:
    if depth > MAX_CRITERIA_DEPTH:
        raise LimitError(
            say("The criteria nest too deep."),
            code="input.limit.trusted-list",
            expected=MAX_CRITERIA_DEPTH,
            hint=say("Get the list anew from where it is published."),
        )
    key_usage: list[tuple[tuple[str, bool], ...]] = []
    lists: list[Criteria] = []
    sets: dict[str, list[frozenset[str]]] = {"policies": [], "subject": [], "purposes": []}
    unknown = ""
    for one in (*node, *node.findall("sie:otherCriteriaList/*", _NAMES)):
        name = _local(one)
        if name == "KeyUsage":
            bits = one.findall("sie:KeyUsageBit", _NAMES)
            key_usage.append(tuple((bit.get("name", ""), _true((bit.text or "").strip())) for bit in bits))
        elif name == "CriteriaList":
            lists.append(_criteria(one, depth + 1))
        elif name in _OID_SETS:
            sets[_OID_SETS[name]].append(frozenset(_oids(one)))
        elif name not in ("", "Description", "otherCriteriaList"):
            unknown = unknown or name
    return Criteria(
        combine=node.get("assert", ""),
        key_usage=tuple(key_usage),
        lists=tuple(lists),
        unknown=unknown,
        **{name: tuple(found) for name, found in sets.items()},
    )


_OID_SETS = {"PolicySet": "policies", "CertSubjectDNAttribute": "subject", "ExtendedKeyUsage": "purposes"}


def _oids(node: Any) -> Iterator[str]:
    """Object identifiers, which may be written as URNs (XAdES §7.1.2)."""
    for one in node.iter(f"{{{_NAMES['xades']}}}Identifier"):
        yield (one.text or "").strip().lower().removeprefix("urn:oid:")


def _certificates(node: Any, path: str) -> tuple[bytes, ...]:
    """The readable certificates below; a damaged one is no reason to lose the others."""
    found = []
    for one in node.findall(f"{path}/tsl:X509Certificate", _NAMES):
        try:
            found.append(base64.b64decode("".join((one.text or "").split()), validate=True))
        except (ValueError, binascii.Error):
            continue
    return tuple(dict.fromkeys(found))


def _subject(der: bytes) -> bytes:
    """The holder's name in a certificate; empty for one that cannot be read."""
    try:
        return bytes(x509.Certificate.load(der, strict=True).subject.dump())
    except (ValueError, TypeError):
        return b""


def _named(node: Any, path: str) -> str:
    """A name in English, or else in the first language that is there."""
    found = [one for one in node.findall(path, _NAMES) if one.text and one.text.strip()]
    english = [one for one in found if one.get(_LANGUAGE, "").lower().startswith("en")]
    return next((" ".join(one.text.split()) for one in (*english, *found)), "")


def _text(node: Any, path: str) -> str:
    return (node.findtext(path, "", _NAMES) or "").strip()


def _last(uri: str) -> str:
    """The last part of a URI: ``granted`` of …/Svcstatus/granted."""
    return uri.rstrip("/").rpartition("/")[2]


def _local(node: Any) -> str:
    """The name without namespace; empty for comments."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _true(text: str) -> bool:
    return text in ("true", "1")


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _too_many(count: int, limit: int) -> LimitError:
    return LimitError(
        say("The trusted list has more entries than a real one."),
        code="input.limit.trusted-list",
        got=count,
        expected=limit,
        hint=say("Get the list anew from where it is published."),
    )


def _bad(message: str) -> SchemaError:
    return SchemaError(
        message,
        code="input.schema.trusted-list",
        hint=say("Get the list anew from where it is published."),
    )
