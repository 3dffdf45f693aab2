"""Verifying enveloped XML signatures, and what they sign."""

from __future__ import annotations

import copy
import datetime as dt
import functools
import hashlib
import hmac
from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from tessella.canonical.strictxml import Element, canonical_xml, parse_xml
from tessella.errors import SealError, TessellaError, UnsupportedError
from tessella.keys import PublicKey, ordered_chain
from tessella.seals._timestamps import TimestampResult, check_token
from tessella.seals.xmldsig._form import Form, Reference, binary, read_form
from tessella.seals.xmldsig._names import DIGESTS, XADES, ds
from tessella.text import say
from tessella.verdicts import Verdict, combine

__all__ = ["MAX_SIGNATURES", "SignatureResult", "XmlDocument", "XmlResult", "parse", "verify"]

MAX_SIGNATURES = 4
"""Signatures at the root of one document; ELMO allows one."""

MAX_STAMPS = 4
"""Time stamps looked at in one signature."""

_LONG_RSA: dict[str, hashes.HashAlgorithm] = {"RS384": hashes.SHA384(), "RS512": hashes.SHA512()}
"""RSA with longer digests, which only XML signatures use, apart from the algorithms that keys know."""


class XmlDocument:
    """A document read but not verified.

    ``content`` is what there is to read: the document in canonical form, without the signatures at its root and without comments.
    Everything in it stands under every signature that holds.
    """

    def __init__(self, root: Element) -> None:
        self.root = root
        self.signatures: tuple[Element, ...] = tuple(root.iterchildren(ds("Signature")))
        self.partial = sum(1 for _ in root.iter(ds("Signature"))) - len(self.signatures)
        """Signatures deeper inside: they cover parts at most, and are not looked at."""

    @property
    def name(self) -> tuple[str, str]:
        """Namespace and local name of the root element."""
        namespace, _, name = str(self.root.tag).rpartition("}")
        return namespace.removeprefix("{"), name

    @functools.cached_property
    def content(self) -> bytes:
        """The document as it is to be read: in exclusive form, since the other has namespaces that such signatures do not cover."""
        return canonical_xml(_without(self.root, range(len(self.signatures))), exclusive=True)

    @functools.cached_property
    def results(self) -> tuple[SignatureResult, ...]:
        """Every signature verified, once, however many credentials stand in the document."""
        return tuple(_verify_one(self, number) for number in range(len(self.signatures)))


class SignatureResult(msgspec.Struct, frozen=True, kw_only=True):
    """What verifying one signature found.

    ``passed`` when digests and signature hold and the certificate is the one that the signature names. ``signing_time`` is what XAdES
    properties claim (UTC). Whether the certificates are to be trusted is open.
    """

    verdict: Verdict
    algorithm: str = ""
    certificate_chain: tuple[bytes, ...] = ()
    signing_time: dt.datetime | None = None
    timestamps: tuple[TimestampResult, ...] = ()
    error: TessellaError | None = None
    notes: tuple[str, ...] = ()


class XmlResult(msgspec.Struct, frozen=True, kw_only=True):
    """All signatures count: one that fails fails the document. ``content`` is what they sign; read nothing else."""

    verdict: Verdict
    content: bytes
    signatures: tuple[SignatureResult, ...]

    def require(self) -> XmlResult:
        """Return self when the verdict is ``passed``.

        Raises:
            TessellaError: the first problem.
        """
        for one in self.signatures:
            if one.error is not None:
                raise one.error
        return self


def parse(data: bytes) -> XmlDocument:
    """Read an XML document; nothing is verified.

    Raises:
        DecodeError, LimitError: see `tessella.canonical.strictxml.parse_xml`.
    """
    return XmlDocument(parse_xml(data))


def verify(document: XmlDocument | bytes) -> XmlResult:
    """Verify every signature at the document's root over the whole document.

    Raises:
        SealError: ``seal.none``, there is no signature at the root.
        LimitError, DecodeError: not an XML document.
    """
    if not isinstance(document, XmlDocument):
        document = parse(document)
    if not document.signatures:
        raise SealError(
            say("The document has no signature of its own."),
            code="seal.none",
            hint=say("Ask the issuer for the signed file."),
        )
    if len(document.signatures) > MAX_SIGNATURES:
        raise UnsupportedError(
            say("The document has more than %(limit)s signatures.", limit=MAX_SIGNATURES),
            code="unsupported.xml-signature",
            got=len(document.signatures),
            hint=say("Ask the issuer for the file with one signature."),
        )
    results = document.results
    return XmlResult(
        verdict=combine(one.verdict for one in results), content=document.content, signatures=results
    )


def _without(root: Element, numbers: Sequence[int]) -> Element:
    """A copy of the document without some of the signatures at its root; the text around them stays."""
    made = copy.deepcopy(root.getroottree()).getroot()
    found = list(made.iterchildren(ds("Signature")))
    for number in numbers:
        one = found[number]
        previous = one.getprevious()
        if one.tail and previous is not None:
            previous.tail = (previous.tail or "") + one.tail
        elif one.tail:
            made.text = (made.text or "") + one.tail
        made.remove(one)
    return made


def _verify_one(document: XmlDocument, number: int) -> SignatureResult:
    signature = document.signatures[number]
    chain: tuple[bytes, ...] = ()
    algorithm = ""
    error: TessellaError | None = None
    time: dt.datetime | None = None
    stamps: tuple[TimestampResult, ...] = ()
    verdict = Verdict.PASSED
    try:
        form = read_form(signature)
        algorithm = form.algorithm
        chain = _chain(form)
        signed = canonical_xml(
            form.signed_info,
            exclusive=form.method.how.exclusive,
            comments=form.method.how.comments,
            prefixes=form.method.prefixes,
        )
        _check_value(form, chain[0], signed)
        for reference in form.references:
            _check_digest(document, number, reference)
        time = _properties(form, chain[0])
        stamps = _timestamps(signature)
    except UnsupportedError as unsupported:
        verdict, error = Verdict.INDETERMINATE, unsupported
    except TessellaError as wrong:
        verdict, error = Verdict.FAILED, wrong
    partial = (say("Other signatures inside the file cover parts of it and were not looked at."),)
    return SignatureResult(
        verdict=verdict,
        algorithm=algorithm,
        certificate_chain=chain,
        signing_time=time,
        timestamps=stamps,
        error=error,
        notes=partial if document.partial else (),
    )


def _chain(form: Form) -> tuple[bytes, ...]:
    """The chain from the certificate that signed: the one that issued no other."""
    first, *others = form.certificates
    chains = [ordered_chain(one, form.certificates) for one in form.certificates] if others else []
    return max(chains, key=len) if chains else ordered_chain(first, ())


def _check_value(form: Form, certificate: bytes, signed: bytes) -> None:
    key = PublicKey.from_certificate_der(certificate)
    if form.algorithm not in _LONG_RSA:
        key.for_algorithm(form.algorithm).verify(form.value, signed)
        return
    rsa_key = load_der_public_key(key.for_algorithm("RS256").to_spki_der())
    if not isinstance(rsa_key, rsa.RSAPublicKey):
        raise _does_not_hold()
    try:
        rsa_key.verify(form.value, signed, padding.PKCS1v15(), _LONG_RSA[form.algorithm])
    except InvalidSignature:
        raise _does_not_hold() from None


def _does_not_hold() -> SealError:
    return SealError(
        say("The signature does not fit the content and the key."),
        code="seal.signature",
        hint=say("The content was changed after sealing, or another key sealed it."),
    )


def _check_digest(document: XmlDocument, number: int, reference: Reference) -> None:
    """XML Signature 1.1 §3.2.1. Same-document references never cover comments, whatever the canonical form (§4.4.3.3)."""
    element = reference.element if reference.element is not None else _without(document.root, [number])
    octets = canonical_xml(
        element, exclusive=reference.method.how.exclusive, prefixes=reference.method.prefixes
    )
    if not hmac.compare_digest(hashlib.new(reference.digest, octets).digest(), reference.value):
        raise SealError(
            say("The content was changed after sealing."),
            code="seal.digest",
            hint=say("Ask the issuer for the file as it was made."),
        )


def _properties(form: Form, certificate: bytes) -> dt.datetime | None:
    """The claimed time, from XAdES properties that are signed; they must name the certificate (ETSI EN 319 132-1 §5.2.2)."""
    if form.properties is None or all(one.element is None for one in form.references):
        return None
    digests = f".//{{{XADES}}}SigningCertificateV2/{{{XADES}}}Cert/{{{XADES}}}CertDigest"
    old = digests.replace("SigningCertificateV2", "SigningCertificate")
    named_digests = form.properties.findall(digests) + form.properties.findall(old)
    if named_digests and not any(_names_certificate(one, certificate) for one in named_digests[:1]):
        raise SealError(
            say("“%(name)s” names another certificate than the one in the seal.", name="SigningCertificate"),
            code="seal.certificate-mismatch",
            hint=say("Ask the issuer for the credential again."),
        )
    text = form.properties.findtext(f".//{{{XADES}}}SigningTime", "").strip()
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment.tzinfo else None


def _names_certificate(element: Element, certificate: bytes) -> bool:
    method, value = element.find(ds("DigestMethod")), element.find(ds("DigestValue"))
    if method is None or value is None:
        return False
    name = DIGESTS.get(method.get("Algorithm", ""))
    return name is not None and hashlib.new(name, certificate).digest() == binary(value)


def _timestamps(signature: Element) -> tuple[TimestampResult, ...]:
    """Signature time stamps (ETSI EN 319 132-1 §5.3), which stand outside what is signed: damage there speaks against nothing else."""
    value = signature.find(ds("SignatureValue"))
    found = []
    for stamp in signature.findall(f".//{{{XADES}}}SignatureTimeStamp")[:MAX_STAMPS]:
        method = stamp.find(ds("CanonicalizationMethod"))
        exclusive = method is not None and "exc-c14n" in method.get("Algorithm", "")
        octets = canonical_xml(value, exclusive=exclusive)
        for token in stamp.findall(f"{{{XADES}}}EncapsulatedTimeStamp")[:1]:
            try:
                found.append(check_token(binary(token), octets, kind="sigTst"))
            except TessellaError:
                continue
    return tuple(found)
