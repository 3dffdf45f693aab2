"""Trusted lists for tests: an invented list of the lists, invented territories, signed with XAdES by signxml."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ObjectIdentifier
from lxml import etree
from signxml import SignatureMethod
from signxml.xades import XAdESDataObjectFormat, XAdESSigner

from tessella.keys import _qc
from tests.trust.pki import DAY, START, Authority, usage

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
ISSUED = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)
NEXT = dt.datetime(2026, 11, 30, 10, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
TL = "http://uri.etsi.org/TrstSvc/TrustedList"
CA_QC = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC"
QTST = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"
_SIE = "http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"


class Operator:
    """Who signs a list: a key with a certificate of its own."""

    def __init__(self, name: str) -> None:
        self.authority = Authority(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self.authority.certify(
            self.authority.name, self.key.public_key(), extensions=[usage()], start=START
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def sign(self, xml: str, *, covers: str | None = None) -> bytes:
        """The list with its signature, over the whole of it or over the element with the id ``covers``."""
        signer = XAdESSigner(
            signature_algorithm=SignatureMethod.ECDSA_SHA256,
            data_object_format=XAdESDataObjectFormat(MimeType="application/octet-stream"),
        )
        root = signer.sign(
            etree.fromstring(xml.encode()),
            key=self.key,
            cert=[self.certificate],
            always_add_key_value=False,
            reference_uri=covers,
        )
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def stamp(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def identity(*certificates: bytes) -> str:
    ids = "".join(
        f"<DigitalId><X509Certificate>{base64.b64encode(one).decode()}</X509Certificate></DigitalId>"
        for one in certificates
    )
    return f"<ServiceDigitalIdentity>{ids}<DigitalId><X509SKI>AAEC</X509SKI></DigitalId></ServiceDigitalIdentity>"


def hint(name: str) -> str:
    return (
        f'<Extension Critical="true"><AdditionalServiceInformation><URI xml:lang="en">{TL}/SvcInfoExt/{name}</URI>'
        "</AdditionalServiceInformation></Extension>"
    )


def qualifications(*qualifiers: str, criteria: str) -> str:
    """The Qualifications extension with one element."""
    listed = "".join(f'<s:Qualifier uri="{TL}/SvcInfoExt/{one}"/>' for one in qualifiers)
    return (
        f'<Extension Critical="true"><s:Qualifications xmlns:s="{_SIE}"><s:QualificationElement>'
        f"<s:Qualifiers>{listed}</s:Qualifiers>{criteria}"
        "</s:QualificationElement></s:Qualifications></Extension>"
    )


def by_usage(combine: str = "all", **bits: bool) -> str:
    listed = "".join(
        f'<s:KeyUsageBit name="{name}">{str(value).lower()}</s:KeyUsageBit>' for name, value in bits.items()
    )
    return f'<s:CriteriaList assert="{combine}"><s:KeyUsage>{listed}</s:KeyUsage></s:CriteriaList>'


def by_policy(*oids: str, urn: bool = True) -> str:
    listed = "".join(
        f'<s:PolicyIdentifier><x:Identifier Qualifier="OIDAsURN">{"urn:oid:" if urn else ""}{one}</x:Identifier>'
        "</s:PolicyIdentifier>"
        for one in oids
    )
    space = 'xmlns:x="http://uri.etsi.org/01903/v1.3.2#"'
    return f'<s:CriteriaList assert="atLeastOne" {space}><s:PolicySet>{listed}</s:PolicySet></s:CriteriaList>'


def state(
    status: str = "granted",
    since: dt.datetime = LONG_AGO,
    *,
    kind: str = CA_QC,
    extensions: Sequence[str] = (),
    identities: str = "",
    name: str = "Fjord Trust seals",
) -> str:
    """The content of ServiceInformation or ServiceHistoryInstance."""
    more = "".join(extensions)
    return (
        f"<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier>"
        f'<ServiceName><Name xml:lang="no">Segl</Name><Name xml:lang="en">{escape(name)}</Name></ServiceName>'
        f"{identities}<ServiceStatus>{TL}/Svcstatus/{status}</ServiceStatus>"
        f"<StatusStartingTime>{stamp(since)}</StatusStartingTime>"
        + (f"<ServiceInformationExtensions>{more}</ServiceInformationExtensions>" if more else "")
    )


def service(
    *certificates: bytes,
    status: str = "granted",
    since: dt.datetime = LONG_AGO,
    kind: str = CA_QC,
    extensions: Sequence[str] | None = None,
    history: Iterable[tuple[str, dt.datetime]] = (),
) -> str:
    """A service of a provider; ``history`` has the earlier states, whose identities are key identifiers only."""
    chosen = ([hint("ForeSeals")] if kind == CA_QC else []) if extensions is None else list(extensions)
    now = state(status, since, kind=kind, extensions=chosen, identities=identity(*certificates))
    past = "".join(
        f"<ServiceHistoryInstance>{state(*one, kind=kind, extensions=chosen, identities=identity())}"
        "</ServiceHistoryInstance>"
        for one in history
    )
    kept = f"<ServiceHistory>{past}</ServiceHistory>" if past else ""
    return f"<TSPService><ServiceInformation>{now}</ServiceInformation>{kept}</TSPService>"


def provider(*services: str, name: str = "Fjord Trust AS") -> str:
    return (
        f'<TrustServiceProvider><TSPInformation><TSPName><Name xml:lang="en">{escape(name)}</Name></TSPName>'
        '<TSPTradeName><Name xml:lang="en">VATNO-1</Name></TSPTradeName>'
        "</TSPInformation>"
        f"<TSPServices>{''.join(services)}</TSPServices></TrustServiceProvider>"
    )


def listing(
    territory: str,
    *providers: str,
    number: int = 7,
    issued: dt.datetime = ISSUED,
    next_update: dt.datetime | None = NEXT,
    kind: str = "EUgeneric",
    pointers: str = "",
    uris: Sequence[str] = (),
) -> str:
    """The XML of a list, not signed."""
    update = f"<dateTime>{stamp(next_update)}</dateTime>" if next_update else ""
    links = "".join(f'<URI xml:lang="en">{escape(one)}</URI>' for one in uris)
    return (
        '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" Id="list" '
        'TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>'
        f"<TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>{number}</TSLSequenceNumber>"
        f"<TSLType>{TL}/TSLType/{kind}</TSLType>"
        f'<SchemeOperatorName><Name xml:lang="en">Operator of {territory}</Name></SchemeOperatorName>'
        f"<SchemeInformationURI>{links}</SchemeInformationURI>"
        f"<SchemeTerritory>{territory}</SchemeTerritory>"
        f"<PointersToOtherTSL>{pointers}</PointersToOtherTSL>"
        f"<ListIssueDateTime>{stamp(issued)}</ListIssueDateTime><NextUpdate>{update}</NextUpdate>"
        f"</SchemeInformation><TrustServiceProviderList>{''.join(providers)}</TrustServiceProviderList>"
        "</TrustServiceStatusList>"
    )


def pointer(
    territory: str,
    *signers: bytes,
    kind: str = "EUgeneric",
    location: str = "",
    mime: str = "application/vnd.etsi.tsl+xml",
) -> str:
    ids = "".join(identity(one) for one in signers)
    infos = "".join(
        f"<OtherInformation>{one}</OtherInformation>"
        for one in (
            f"<TSLType>{TL}/TSLType/{kind}</TSLType>",
            f"<SchemeTerritory>{territory}</SchemeTerritory>",
            f'<m:MimeType xmlns:m="http://uri.etsi.org/02231/v2/additionaltypes#">{mime}</m:MimeType>',
        )
    )
    return (
        f"<OtherTSLPointer><ServiceDigitalIdentities>{ids}</ServiceDigitalIdentities>"
        f"<TSLLocation>{location or f'https://lists.example/{territory.lower()}.xml'}</TSLLocation>"
        f"<AdditionalInformation>{infos}</AdditionalInformation></OtherTSLPointer>"
    )


@lru_cache
def operator(name: str) -> Operator:
    return Operator(name)


def top(
    territories: Mapping[str, Sequence[bytes]],
    *,
    by: Operator | None = None,
    names: Sequence[bytes] = (),
    number: int = 388,
    issued: dt.datetime = ISSUED,
    next_update: dt.datetime | None = NEXT,
    uris: Sequence[str] = (),
) -> bytes:
    """A signed list of the lists; ``names`` are the certificates it gives for itself."""
    signer = by or operator("Union")
    pointers = pointer("EU", *(names or [signer.der]), kind="EUlistofthelists")
    pointers += "".join(pointer(name, *signers) for name, signers in territories.items())
    pointers += "".join(pointer(name, mime="application/pdf") for name in territories)
    return signer.sign(
        listing(
            "EU", number=number, issued=issued, next_update=next_update, kind="EUlistofthelists",
            pointers=pointers, uris=uris,
        )
    )  # fmt: skip


def qc(
    *, compliance: bool = True, sscd: bool = True, types: tuple[str, ...] = ("eseal",)
) -> x509.ExtensionType:
    statements = _qc.write_statements(compliance=compliance, sscd=sscd, types=types)
    return x509.UnrecognizedExtension(ObjectIdentifier(_qc.EXTENSION), statements)


__all__ = ["CA_QC", "DAY", "ISSUED", "LONG_AGO", "NEXT", "NOW", "QTST", "START"]
