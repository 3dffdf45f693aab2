"""The one form of XML signature that is accepted, taken apart: whatever differs is refused before anything is computed.

A signature counts when it covers the whole document. The usual attacks (wrapping, references to other elements, transforms that
select or rewrite) have no place to stand: there is one reference with an empty URI, its transforms are *enveloped* and one
canonical form, and a second reference may only be that to the signature's own XAdES properties.
"""

from __future__ import annotations

import base64
import binascii

import msgspec

from tessella.canonical.strictxml import Element
from tessella.errors import SealError, UnsupportedError
from tessella.seals.xmldsig._names import (
    CANONICALISATIONS,
    DIGESTS,
    ENVELOPED,
    EXCLUSIVE,
    SIGNATURES,
    SIGNED_PROPERTIES,
    XADES,
    Canonicalisation,
    ds,
    named,
)
from tessella.text import say

__all__ = ["MAX_CERTIFICATES", "Form", "Reference", "binary", "read_form", "shape"]

MAX_CERTIFICATES = 10
"""Certificates in one ``KeyInfo``. Chains of e-seals have two to four."""

_PREFIXES = f"{{{EXCLUSIVE}}}InclusiveNamespaces"


class Method(msgspec.Struct, frozen=True, kw_only=True):
    """A way to canonical form with its parameter."""

    how: Canonicalisation
    prefixes: tuple[str, ...] = ()


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed: its digest, and how to come to the bytes; ``element`` is None for the whole document."""

    method: Method
    digest: str
    value: bytes
    element: Element = None


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A signature taken apart."""

    signed_info: Element
    method: Method
    algorithm: str
    value: bytes
    references: tuple[Reference, ...]
    certificates: tuple[bytes, ...]
    properties: Element = None


def read_form(signature: Element) -> Form:
    """The parts of a signature.

    Raises:
        SealError: ``seal.xml-signature`` not the form of XML Signature, or it does not cover the document; ``seal.weak-algorithm``,
            ``seal.algorithm``, ``seal.certificate``.
        UnsupportedError: ``unsupported.xml-signature``, ``seal.no-certificate``.
    """
    children = [one for one in signature if isinstance(one.tag, str)]
    if [one.tag for one in children[:2]] != [ds("SignedInfo"), ds("SignatureValue")]:
        raise shape()
    signed_info = children[0]
    parts = list(signed_info.iterchildren("*"))
    if [one.tag for one in parts[:2]] != [ds("CanonicalizationMethod"), ds("SignatureMethod")]:
        raise shape()
    method = _method(parts[0])
    algorithm = named(SIGNATURES, parts[1].get("Algorithm", ""))
    properties = signature.find(f"{ds('Object')}/{{{XADES}}}QualifyingProperties/{{{XADES}}}SignedProperties")
    return Form(
        signed_info=signed_info,
        method=method,
        algorithm=algorithm,
        value=binary(children[1]),
        references=_references(parts[2:], properties),
        certificates=_certificates(signature),
        properties=properties,
    )


def _method(element: Element) -> Method:
    how = named(CANONICALISATIONS, element.get("Algorithm", ""))
    prefixes: tuple[str, ...] = ()
    for child in element.iterchildren("*"):
        if child.tag != _PREFIXES or not how.exclusive:
            raise shape()
        prefixes += tuple(one if one != "#default" else "" for one in child.get("PrefixList", "").split())
    if "" in prefixes:  # libxml2 does not take the default namespace as a prefix
        raise _unsupported(say("an inclusive default namespace"))
    if not how.exclusive and _inherits(element):
        raise _unsupported(say("attributes of the root that canonical form inherits"))
    return Method(how=how, prefixes=prefixes)


def _inherits(element: Element) -> bool:
    """Whether an element above has ``xml:`` attributes, which inclusive canonical forms inherit, each version differently."""
    prefix = "{http://www.w3.org/XML/1998/namespace}"
    return any(name.startswith(prefix) for one in element.iterancestors() for name in one.attrib)


def _references(elements: list[Element], properties: Element) -> tuple[Reference, ...]:
    if not elements or any(one.tag != ds("Reference") for one in elements):
        raise shape()
    found = tuple(_reference(one, properties) for one in elements)
    whole = [one for one in found if one.element is None]
    if len(whole) != 1 or len(found) > 2:
        raise SealError(
            say("The signature does not cover the whole document, once."),
            code="seal.xml-signature",
            hint=say("Ask the issuer for a file whose signature covers all of it."),
        )
    return found


def _reference(element: Element, properties: Element) -> Reference:
    parts = {one.tag: one for one in element.iterchildren("*")}
    allowed = {ds("Transforms"), ds("DigestMethod"), ds("DigestValue")}
    if not parts.keys() <= allowed or len(parts) != len(list(element.iterchildren("*"))):
        raise shape()
    transforms = parts.get(ds("Transforms"))
    steps = [] if transforms is None else list(transforms.iterchildren("*"))
    if any(one.tag != ds("Transform") for one in steps):
        raise shape()
    names = [one.get("Algorithm", "") for one in steps]
    uri = element.get("URI")
    target = None
    if uri == "":
        if names[:1] != [ENVELOPED] or len(list(steps[0])) or len(names) > 2:
            raise _unsupported(", ".join(names) or "—")
        steps = steps[1:]
    elif properties is not None and element.get("Type") == SIGNED_PROPERTIES and uri == f"#{_id(properties)}":
        target = properties
        if len(names) > 1:
            raise _unsupported(", ".join(names))
    else:
        raise SealError(
            say("The signature covers another part of the file than the document."),
            code="seal.xml-signature",
            got=uri,
            expected="",
            hint=say("Ask the issuer for a file whose signature covers all of it."),
        )
    default = Method(how=Canonicalisation(False))  # XML Signature 1.1 §4.4.3.2
    if not steps and target is not None and _inherits(target):
        raise _unsupported(say("attributes of the root that canonical form inherits"))
    digest, value = parts.get(ds("DigestMethod")), parts.get(ds("DigestValue"))
    if digest is None or value is None:
        raise shape()
    return Reference(
        method=_transform(steps[0], target) if steps else default,
        digest=named(DIGESTS, digest.get("Algorithm", "")),
        value=binary(value),
        element=target,
    )


def _transform(step: Element, target: Element) -> Method:
    """For the whole document nothing is inherited, so inclusive forms need no look at what stands above."""
    if target is not None or named(CANONICALISATIONS, step.get("Algorithm", "")).exclusive:
        return _method(step)
    if len(step):
        raise shape()
    return Method(how=named(CANONICALISATIONS, step.get("Algorithm", "")))


def _id(element: Element) -> str:
    """The id of the XAdES properties, if no other element of the document has it."""
    wanted = element.get("Id", "")
    same = [
        one
        for one in element.getroottree().iter("*")
        if wanted
        in [
            value
            for name, value in one.items()
            if name.lower() in ("id", "{http://www.w3.org/xml/1998/namespace}id")
        ]
    ]
    if not wanted or len(same) != 1:
        raise shape()
    return str(wanted)


def _certificates(signature: Element) -> tuple[bytes, ...]:
    path = f"{ds('KeyInfo')}/{ds('X509Data')}/{ds('X509Certificate')}"
    texts = signature.findall(path)
    if not texts:
        raise UnsupportedError(
            say("The seal does not bring its certificate along."),
            code="seal.no-certificate",
            hint=say("Give the sealer's certificate."),
        )
    if len(texts) > MAX_CERTIFICATES:
        raise SealError(
            say("The certificates in the seal cannot be read."),
            code="seal.certificate",
            hint=say("Ask the issuer for the credential again."),
        )
    return tuple(dict.fromkeys(binary(one) for one in texts))


def binary(element: Element) -> bytes:
    """The base64 content of an element."""
    if len(element):
        raise shape()
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise shape() from error


def shape() -> SealError:
    """The error for what is not the form of an XML signature."""
    return SealError(
        say("This is not the form of an XML signature."),
        code="seal.xml-signature",
        hint=say("Ask the issuer for the file as it was made."),
    )


def _unsupported(what: str) -> UnsupportedError:
    return UnsupportedError(
        say("The XML signature uses %(name)s, which is not accepted here.", name=what),
        code="unsupported.xml-signature",
        got=what,
        hint=say("Ask the issuer for a plain enveloped signature with SHA-256."),
    )
