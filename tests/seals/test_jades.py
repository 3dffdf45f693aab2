"""JAdES seals: the official sealed samples, our own in both profiles, and every way to spoil them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk as oracle_jwk
from joserfc import jws as oracle

from tessella.errors import DecodeError, KeyMaterialError, LimitError, SchemaError, SealError
from tessella.keys import PrivateKey, base64url_decode, base64url_encode
from tessella.seals import _jws, jades
from tessella.seals.jades._certificate import certificate_parameters
from tessella.seals.jades._etsi import MAX_ITEMS, MAX_TOKENS, MAX_VALUES
from tessella.verdicts import Verdict
from tests.support import shared
from tests.trust.pki import DAY, Authority, TimestampAuthority, seal_certificate

AT = dt.datetime(2026, 5, 4, 10, 20, 30, 999_000, tzinfo=dt.timezone(dt.timedelta(hours=2)))
AT_UTC = dt.datetime(2026, 5, 4, 8, 20, 30, tzinfo=dt.UTC)
ROOT = Authority("Fjord root")
CLOCK = TimestampAuthority(ROOT)
STAMP = CLOCK.at(AT_UTC + dt.timedelta(seconds=3))
PAYLOAD = '{"id":"urn:credential:1",\n "title": {"nb": "Tarefangst på Ålesund \\u00f8", "n": 1.0}, "x":"𝄞"}'


def certified(algorithm: str, authority: Authority = ROOT, **options: Any) -> PrivateKey:
    key = PrivateKey.generate(algorithm, rsa_bits=2048)
    public = load_der_public_key(key.public_key.to_spki_der())
    certificate = seal_certificate(authority, public, **options).public_bytes(Encoding.DER)
    return key.with_certificates([certificate, authority.der])


KEYS = {algorithm: certified(algorithm) for algorithm in ("RS256", "ES256", "ES384")}
KEY = KEYS["ES256"]
SEALED = jades.seal(PAYLOAD, KEY, at=AT)
STAMPED = jades.seal(PAYLOAD, KEY, at=AT, profile="etsi", timestamp=STAMP)


def header_of(sealed: bytes) -> dict[str, Any]:
    return json.loads(base64url_decode(json.loads(sealed)["signatures"][0]["protected"]))


def resealed(change: Callable[[dict[str, Any]], None], key: Any = KEY, payload: str = PAYLOAD) -> bytes:
    """A seal whose protected header was changed before it was signed."""
    header = header_of(SEALED)
    change(header)
    protected, signed, value = _jws.sign(header, payload.encode(), key)
    document = {"payload": signed.decode(), "signatures": [{"protected": protected, "signature": value}]}
    return json.dumps(document).encode()


def edited(sealed: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """A sealed file changed after signing."""
    document = json.loads(sealed)
    change(document)
    return json.dumps(document).encode()


def codes(result: jades.JadesResult) -> list[str]:
    return [problem.code for problem in result.problems]


# --- official samples ----------------------------------------------------------------------------------

OFFICIAL = {
    "MC-Annex1": dt.datetime(2023, 9, 27, 11, 54, 17, tzinfo=dt.UTC),
    "CertOfPart": dt.datetime(2023, 9, 27, 12, 7, 1, tzinfo=dt.UTC),
}


def official(name: str) -> bytes:
    return shared(f"edc/official-samples/Sample-{name}-signed.jsonld").read_bytes()


@pytest.mark.parametrize("name", OFFICIAL)
def test_official_sample_passes_with_all_its_time_stamps(name: str) -> None:
    result = jades.verify(official(name)).require()
    assert (result.verdict, result.timestamp, result.problems) == (Verdict.PASSED, Verdict.PASSED, ())
    [one] = result.signatures
    assert (one.algorithm, one.signing_time, one.signing_time_source) == ("RS256", OFFICIAL[name], "sigT")
    assert [(stamp.kind, stamp.imprint, stamp.token, stamp.authority) for stamp in one.timestamps] == [
        (kind, Verdict.PASSED, Verdict.PASSED, "good-tsa") for kind in ("adoTst", "sigTst", "arcTst")
    ]
    assert [stamp.time for stamp in one.timestamps] == [
        OFFICIAL[name],
        OFFICIAL[name] + dt.timedelta(seconds=3),
        OFFICIAL[name] + dt.timedelta(seconds=3),
    ]
    assert one.stamped_at == OFFICIAL[name] + dt.timedelta(seconds=3)
    assert (one.baseline, one.departures, one.notes) == ("B-LTA", (), ())  # sigT was right in 2023
    extras = one.extras
    assert (len(extras.certificates), len(extras.crls), len(extras.ocsps)) == (4, 1, 1)
    assert result.payload == json.loads(official(name))["payload"]


def test_official_sample_pretty_printed_around_the_payload_passes() -> None:
    pretty = json.dumps(json.loads(official("MC-Annex1")), indent=2, ensure_ascii=False)
    assert jades.verify(b"\xef\xbb\xbf" + pretty.encode()).verdict is Verdict.PASSED


@pytest.mark.parametrize("spaces", [(", ", ": "), (",", ":")])
def test_official_sample_with_payload_written_again_fails(spaces: tuple[str, str]) -> None:
    def again(document: dict[str, Any]) -> None:
        parsed = json.loads(document["payload"])
        document["payload"] = json.dumps(parsed, separators=spaces)  # ASCII escapes: other bytes

    result = jades.verify(edited(official("MC-Annex1"), again))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.signature"])


def test_official_sample_with_one_changed_letter_fails_everywhere() -> None:
    def letter(document: dict[str, Any]) -> None:
        document["payload"] = document["payload"].replace("Generic", "Generik", 1)

    result = jades.verify(edited(official("MC-Annex1"), letter))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.signature"])
    stamps = {stamp.kind: (stamp.imprint, stamp.token) for stamp in result.signatures[0].timestamps}
    assert stamps == {
        "adoTst": (Verdict.FAILED, Verdict.PASSED),
        "sigTst": (Verdict.PASSED, Verdict.PASSED),
        "arcTst": (Verdict.FAILED, Verdict.PASSED),
    }


@pytest.mark.parametrize("index", [0, 1, 2])
def test_official_sample_without_a_part_of_its_evidence_keeps_its_signature(index: int) -> None:
    def drop(document: dict[str, Any]) -> None:
        del document["signatures"][0]["header"]["etsiU"][index]

    result = jades.verify(edited(official("CertOfPart"), drop))
    assert (result.verdict, result.timestamp) == (Verdict.PASSED, Verdict.FAILED)
    archive = result.signatures[0].timestamps[-1]
    assert (archive.kind, archive.imprint, archive.token) == ("arcTst", Verdict.FAILED, Verdict.PASSED)


def test_official_sample_with_clear_evidence_leaves_the_archive_stamp_open() -> None:
    """Clear objects would have to be canonicalised first: their bytes are not those of the file."""

    def clear(document: dict[str, Any]) -> None:
        unprotected = document["signatures"][0]["header"]
        unprotected["etsiU"] = [json.loads(base64url_decode(one)) for one in unprotected["etsiU"]]

    [one] = jades.verify(edited(official("MC-Annex1"), clear)).signatures
    assert [(stamp.kind, stamp.imprint) for stamp in one.timestamps] == [
        ("adoTst", Verdict.PASSED),
        ("sigTst", Verdict.PASSED),
        ("arcTst", Verdict.INDETERMINATE),
    ]
    assert len(one.extras.certificates) == 4


def test_official_sample_with_time_stamps_of_another_fails_by_imprint() -> None:
    other = json.loads(official("CertOfPart"))["signatures"][0]["header"]

    def swap(document: dict[str, Any]) -> None:
        document["signatures"][0]["header"] = other

    result = jades.verify(edited(official("MC-Annex1"), swap))
    assert (result.verdict, result.timestamp) == (Verdict.PASSED, Verdict.FAILED)
    stamps = [(one.kind, one.imprint, one.token) for one in result.signatures[0].timestamps]
    assert stamps == [
        ("adoTst", Verdict.PASSED, Verdict.PASSED),
        ("sigTst", Verdict.FAILED, Verdict.PASSED),
        ("arcTst", Verdict.FAILED, Verdict.PASSED),
    ]


def test_official_header_is_reproduced_from_its_certificate() -> None:
    """Order and form of every header parameter, as the European platform writes them."""
    theirs = header_of(official("MC-Annex1"))
    ours = header_of(jades.seal(PAYLOAD, KEYS["RS256"], at=AT))
    assert [name for name in theirs if name != "adoTst"] == list(ours)
    certificate = base64.b64decode(theirs["x5c"][0])
    made = certificate_parameters((certificate,))
    assert {name: theirs[name] for name in ("kid", "x5t#S256", "x5c")} == dict(made)


# --- writing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_europass_profile_has_its_header_and_payload(algorithm: str) -> None:
    key = KEYS[algorithm]
    sealed = jades.seal(PAYLOAD, key, at=AT)
    document = json.loads(sealed)
    assert list(document) == ["payload", "signatures"]
    assert document["payload"] == PAYLOAD
    assert [list(one) for one in document["signatures"]] == [["protected", "signature"]]
    header = header_of(sealed)
    kid = tsp.IssuerSerial.load(base64.b64decode(header.pop("kid")), strict=True)
    certificate = x509.Certificate.load(key.certificate_chain[0])
    assert kid["serial_number"].native == certificate.serial_number
    assert [name.chosen for name in kid["issuer"]] == [certificate.issuer]
    assert list(header.items()) == [
        ("alg", algorithm),
        ("cty", "json"),
        ("x5t#S256", base64url_encode(hashlib.sha256(key.certificate_chain[0]).digest())),
        ("x5c", [base64.b64encode(der).decode() for der in key.certificate_chain]),
        ("typ", "jose+json"),
        ("b64", False),
        ("sigT", "2026-05-04T08:20:30Z"),
        ("crit", ["b64", "sigT"]),
    ]


def test_etsi_profile_has_its_time_as_number() -> None:
    header = header_of(jades.seal(PAYLOAD, KEY, at=AT, profile="etsi"))
    assert header["iat"] == int(AT_UTC.timestamp())
    assert (header["crit"], "sigT" in header) == (["b64"], False)


@pytest.mark.parametrize(
    ("profile", "stamp", "expected"),
    [("europass", None, ""), ("europass", STAMP, ""), ("etsi", None, "B-B"), ("etsi", STAMP, "B-T")],
)
@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_what_is_sealed_verifies(algorithm: str, profile: Any, stamp: Any, expected: str) -> None:
    key = KEYS[algorithm]
    result = jades.verify(jades.seal(PAYLOAD, key, at=AT, profile=profile, timestamp=stamp)).require()
    [one] = result.signatures
    assert (result.payload, one.algorithm, one.certificate_chain) == (
        PAYLOAD,
        algorithm,
        key.certificate_chain,
    )
    assert (one.signing_time, one.baseline, one.problems, one.notes) == (AT_UTC, expected, (), ())
    assert result.timestamp is (Verdict.PASSED if stamp else Verdict.NOT_APPLICABLE)
    assert one.stamped_at == (AT_UTC + dt.timedelta(seconds=3) if stamp else None)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_joserfc_verifies_what_is_sealed(algorithm: str) -> None:
    key = KEYS[algorithm]
    document = json.loads(jades.seal(PAYLOAD, key, at=AT, profile="etsi"))
    registry = oracle.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    registry.max_header_length = 10_000
    public = {name: value for name, value in key.public_jwk.items() if name != "alg"}
    read = oracle.deserialize_json(document, oracle_jwk.import_key(public), registry=registry)
    assert read.payload == PAYLOAD.encode()


@given(
    st.dictionaries(
        st.text(max_size=8),
        st.text(max_size=20) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        max_size=4,
    )
)
def test_payload_stays_character_by_character(content: dict[str, Any]) -> None:
    for text in (json.dumps(content), json.dumps(content, ensure_ascii=False, indent=1)):
        assert jades.verify(jades.seal(text, KEY, at=AT)).require().payload == text


@pytest.mark.parametrize(
    ("key", "profile", "code"),
    [
        (PrivateKey.generate("ES256"), "europass", "key.certificate"),
        (PrivateKey.generate("Ed25519"), "europass", "key.algorithm"),
        (KEYS["ES384"], "europass", "key.algorithm"),
        (certified("ES256", end=AT_UTC - DAY), "europass", "key.validity"),
        (certified("ES256", start=AT_UTC + DAY), "etsi", "key.validity"),
    ],
)
def test_key_that_may_not_seal_is_refused(key: PrivateKey, profile: Any, code: str) -> None:
    with pytest.raises(KeyMaterialError) as caught:
        jades.seal(PAYLOAD, key, at=AT, profile=profile)
    assert caught.value.code == code


def test_remote_signer_with_the_certificate_of_another_key_is_refused() -> None:
    class Remote:
        algorithm = "ES256"
        verification_method = ""
        public_jwk = PrivateKey.generate("ES256").public_jwk
        certificate_chain = KEY.certificate_chain

        def sign(self, data: bytes) -> bytes:
            return KEY.sign(data)

    with pytest.raises(KeyMaterialError) as caught:
        jades.seal(PAYLOAD, Remote(), at=AT)
    assert caught.value.code == "key.mismatch"


@pytest.mark.parametrize("payload", ["[]", '"text"', "{", '{"a":1,"a":2}', '{"a":"\ud800"}', ""])
def test_payload_that_is_no_clean_object_is_refused(payload: str) -> None:
    with pytest.raises((SchemaError, DecodeError)):
        jades.seal(payload, KEY, at=AT)


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(SealError) as caught:
        jades.seal(PAYLOAD, KEY, at=AT.replace(tzinfo=None))
    assert caught.value.code == "seal.time"


def test_time_stamp_about_something_else_is_refused() -> None:
    with pytest.raises(SealError) as caught:
        jades.seal(PAYLOAD, KEY, at=AT, timestamp=lambda _message: STAMP(b"other"))
    assert caught.value.code == "seal.timestamp"


# --- spoiling ------------------------------------------------------------------------------------------


@given(st.data())
def test_any_flipped_bit_fails_unless_the_file_says_the_same(data: st.DataObject) -> None:
    changed = bytearray(SEALED)
    position = data.draw(st.integers(0, len(changed) - 1))
    changed[position] ^= 1 << data.draw(st.integers(0, 7))
    try:
        result = jades.verify(bytes(changed))
    except (DecodeError, LimitError):
        return
    same = json.loads(bytes(changed)) == json.loads(SEALED)
    assert (result.verdict is Verdict.PASSED) == same


def test_replaced_certificate_fails() -> None:
    """Another certificate for the same key: the signature holds, and the header's own digest exposes it."""
    public = load_der_public_key(KEY.public_key.to_spki_der())
    other = seal_certificate(ROOT, public, organization="Havakademiet").public_bytes(Encoding.DER)

    def replace(header: dict[str, Any]) -> None:
        header["x5c"] = [base64.b64encode(other).decode()]

    result = jades.verify(resealed(replace))
    assert (result.verdict, codes(result)) == (
        Verdict.FAILED,
        ["seal.certificate-mismatch", "seal.certificate-mismatch"],
    )
    assert [getattr(one, "place", "") for one in result.problems] == ["x5t#S256", "kid"]


@pytest.mark.parametrize("name", ["x5t#S256", "kid"])
def test_each_reference_to_the_certificate_is_compared(name: str) -> None:
    def mislead(header: dict[str, Any]) -> None:
        header[name] = header_of(jades.seal(PAYLOAD, KEYS["RS256"], at=AT))[name]

    result = jades.verify(resealed(mislead))
    assert [(one.code, one.place) for one in result.problems] == [("seal.certificate-mismatch", name)]


def test_serial_number_of_another_issuer_is_another_certificate() -> None:
    def mislead(header: dict[str, Any]) -> None:
        kid = tsp.IssuerSerial.load(base64.b64decode(header["kid"]))
        other = x509.Certificate.load(Authority("Hav root").der)
        kid["issuer"] = [x509.GeneralName("directory_name", other.issuer)]
        header["kid"] = base64.b64encode(kid.dump(force=True)).decode()

    result = jades.verify(resealed(mislead))
    assert [(one.code, one.place) for one in result.problems] == [("seal.certificate-mismatch", "kid")]


def test_other_digest_of_the_certificate_is_compared() -> None:
    der = KEY.certificate_chain[0]
    digest = base64url_encode(hashlib.sha512(der).digest())

    def with_digest(value: object) -> bytes:
        def change(header: dict[str, Any]) -> None:
            del header["x5t#S256"]
            header["x5t#o"] = value

        return resealed(change)

    name = "http://www.w3.org/2001/04/xmlenc#sha512"
    assert jades.verify(with_digest({"digAlg": name, "digVal": digest})).verdict is Verdict.PASSED
    for wrong in ({"digAlg": name, "digVal": "AA"}, {"digAlg": "MD5", "digVal": digest}, digest):
        assert codes(jades.verify(with_digest(wrong))) == ["seal.certificate-mismatch"]


def test_free_name_as_kid_is_noted() -> None:
    result = jades.verify(resealed(lambda header: header.update(kid="key-1")))
    assert result.verdict is Verdict.PASSED
    assert result.signatures[0].notes == (
        "“kid” is a name, not the issuer and serial number of the certificate.",
    )


def test_seal_without_certificate_needs_one_from_elsewhere() -> None:
    sealed = resealed(lambda header: header.pop("x5c"))
    alone = jades.verify(sealed)
    assert (alone.verdict, codes(alone)) == (Verdict.INDETERMINATE, ["seal.no-certificate"])
    others = [KEYS["RS256"].certificate_chain[0], KEY.certificate_chain[0]]
    helped = jades.verify(sealed, certificates=others)
    assert (helped.verdict, helped.signatures[0].certificate_chain) == (
        Verdict.PASSED,
        KEY.certificate_chain[:1],
    )


@pytest.mark.parametrize("chain", ["text", [], [1], ["not base64!"], ["MA=="] * 9, None])
def test_unreadable_certificates_fail(chain: object) -> None:
    result = jades.verify(resealed(lambda header: header.update(x5c=chain)))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.certificate"])


@pytest.mark.parametrize(
    "der", [b"0", KEY.certificate_chain[0].replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x3d")]
)
def test_bytes_that_are_no_certificate_fail(der: bytes) -> None:
    """The second has a version that no certificate has."""
    result = jades.verify(resealed(lambda header: header.update(x5c=[base64.b64encode(der).decode()])))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["key.certificate"])


def test_algorithm_that_does_not_fit_the_certificate_fails() -> None:
    result = jades.verify(resealed(lambda header: header.update(alg="RS256")))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["key.algorithm"])


@pytest.mark.parametrize("alg", ["none", "HS256"])
def test_algorithm_not_on_the_list_fails(alg: str) -> None:
    result = jades.verify(resealed(lambda header: header.update(alg=alg)))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.algorithm"])


@pytest.mark.parametrize("crit", [["b64", "sigT", "srCms"], ["sigT"], [], ["b64", "b64"]])
def test_critical_extension_that_is_not_understood_fails(crit: list[str]) -> None:
    def change(header: dict[str, Any]) -> None:
        header.update(crit=crit, srCms=[{}])

    result = jades.verify(resealed(change))
    assert (result.verdict, codes(result)) == (Verdict.FAILED, ["seal.crit"])


def test_detached_seal_is_indeterminate() -> None:
    result = jades.verify(
        resealed(lambda header: header.update(sigD={"mId": "x"}, crit=["b64", "sigT", "sigD"]))
    )
    assert (result.verdict, codes(result)) == (Verdict.INDETERMINATE, ["unsupported.detached"])


def test_every_signature_counts() -> None:
    first, second = json.loads(SEALED), json.loads(jades.seal(PAYLOAD, KEYS["RS256"], at=AT))

    def both(document: dict[str, Any]) -> None:
        document["signatures"].append(second["signatures"][0])

    def spoiled(document: dict[str, Any]) -> None:
        document["signatures"].append(
            {**second["signatures"][0], "signature": first["signatures"][0]["signature"]}
        )

    assert jades.verify(edited(SEALED, both)).verdict is Verdict.PASSED
    result = jades.verify(edited(SEALED, spoiled))
    assert [one.verdict for one in result.signatures] == [Verdict.PASSED, Verdict.FAILED]
    assert result.verdict is Verdict.FAILED
    with pytest.raises(SealError):
        result.require()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["val", "tstTokens", "digAlg", "digVal", "x509Cert", "sigTst", "xVals"]), inner
        )
    ),
    max_leaves=5,
)
NAMES = [
    "alg",
    "cty",
    "kid",
    "x5t#S256",
    "x5c",
    "typ",
    "b64",
    "sigT",
    "crit",
    "iat",
    "adoTst",
    "x5t#o",
    "sigX5ts",
]


@given(st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=2), JSON)
def test_odd_headers_give_a_verdict_or_a_decode_error(header: dict[str, Any], etsi: object) -> None:
    def damage(document: dict[str, Any]) -> None:
        document["signatures"][0]["header"] = {"etsiU": etsi}

    try:
        sealed = resealed(lambda own: own.update(header))
        assert jades.verify(edited(sealed, damage)).verdict in Verdict
    except (DecodeError, LimitError):
        pass


def test_rsa_pss_is_verified_though_not_written() -> None:
    key = rsa.generate_private_key(65537, 2048)
    der = seal_certificate(ROOT, key.public_key()).public_bytes(Encoding.DER)

    class Pss:
        algorithm, verification_method, public_jwk, certificate_chain = "PS256", "", KEY.public_jwk, (der,)

        def sign(self, data: bytes) -> bytes:
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
            return key.sign(data, scheme, hashes.SHA256())

    def header(own: dict[str, Any]) -> None:
        own.update(certificate_parameters((der,)), alg="PS256")

    result = jades.verify(resealed(header, Pss())).require()
    assert result.signatures[0].algorithm == "PS256"
    with pytest.raises(KeyMaterialError):
        jades.seal(PAYLOAD, Pss(), at=AT)


# --- other forms that are read -------------------------------------------------------------------------


def test_payload_in_base64url_and_compact_form_are_read() -> None:
    def encoded(header: dict[str, Any]) -> None:
        del header["b64"]
        header["crit"] = ["sigT"]

    document = json.loads(resealed(encoded))
    [row] = document["signatures"]
    compact = f"{row['protected']}.{document['payload']}.{row['signature']}"
    flattened = json.dumps({"payload": document["payload"], **row})
    for data in (compact, f"\n{compact}\n".encode(), flattened, json.dumps(document)):
        assert jades.verify(data).require().payload == PAYLOAD


@pytest.mark.parametrize(
    ("change", "time", "source"),
    [
        ({"sigT": "2026-05-04T10:20:30+02:00"}, AT_UTC, "sigT"),
        ({"sigT": "2026-05-04T10:20:30"}, None, ""),
        ({"sigT": "in May"}, None, ""),
        ({"sigT": 5}, None, ""),
        ({"iat": 1777882830}, AT_UTC, "iat"),
        ({"iat": "1777882830"}, None, ""),
        ({"iat": 10**20}, None, ""),
    ],
)
def test_claimed_time_is_read_or_noted(change: dict[str, Any], time: Any, source: str) -> None:
    def set_time(header: dict[str, Any]) -> None:
        del header["sigT"]
        header.update(change, crit=["b64"])

    result = jades.verify(resealed(set_time))
    [one] = result.signatures
    assert (result.verdict, one.signing_time, one.signing_time_source) == (Verdict.PASSED, time, source)
    expected = () if time else ("The seal does not say in a readable way when it was made.",)
    assert one.notes == expected


def test_both_forms_of_time_are_noted_and_no_baseline() -> None:
    result = jades.verify(resealed(lambda header: header.update(iat=int(AT_UTC.timestamp()))))
    [one] = result.signatures
    assert (result.verdict, one.signing_time_source, one.baseline) == (Verdict.PASSED, "iat", "")
    assert one.notes == ("The seal claims its time twice, as “iat” and as “sigT”.",)


@pytest.mark.parametrize(
    "etsi",
    [
        "text",
        [1],
        ["not base64!"],
        [base64url_encode(b"[]")],
        [base64url_encode(b'{"a":1,"b":2}')],
        [{}],
        [{"a": 1}, base64url_encode(b'{"a":1}')],
        [{"sigTst": 1}],
        [{"sigTst": {"tstTokens": []}}],
        [{"sigTst": {"tstTokens": [{"val": "not base64!"}]}}],
        [{"arcTst": {"tstTokens": [7]}}],
        [{"other": 1}] * (MAX_ITEMS + 1),
        [{"sigTst": {"tstTokens": [{"val": "MA=="}] * (MAX_TOKENS + 1)}}],
        [{"xVals": [{"x509Cert": {"val": "MA=="}}] * (MAX_VALUES + 1)}],
    ],
)
def test_damaged_evidence_never_speaks_against_the_signature(etsi: object) -> None:
    def damage(document: dict[str, Any]) -> None:
        document["signatures"][0]["header"] = {"etsiU": etsi}

    result = jades.verify(edited(SEALED, damage))
    assert (result.verdict, result.timestamp) == (Verdict.PASSED, Verdict.FAILED)


def test_unknown_and_odd_evidence_is_passed_over() -> None:
    def odd(document: dict[str, Any]) -> None:
        values = [
            {"xVals": 1},
            {"xVals": [1, {"x509Cert": {"val": "MA=="}}]},
            {"rVals": []},
            {"rVals": {"crlVals": 1}},
        ]
        document["signatures"][0]["header"] = {"etsiU": [*values, {"future": {}}]}

    result = jades.verify(edited(SEALED, odd))
    assert (result.verdict, result.timestamp) == (Verdict.PASSED, Verdict.NOT_APPLICABLE)
    assert result.signatures[0].extras.certificates == (b"0",)


def test_two_signature_time_stamps_by_themselves_are_baseline_t() -> None:
    def twice(document: dict[str, Any]) -> None:
        document["signatures"][0]["header"]["etsiU"] *= 2

    [one] = jades.verify(edited(STAMPED, twice)).signatures
    assert (one.timestamp, one.baseline) == (Verdict.PASSED, "B-T")


@pytest.mark.parametrize("data", [b"", b"{}", b"a.b.c", b'{"payload":"","signatures":[]}', "text"])
def test_what_is_no_sealed_file_is_refused(data: bytes | str) -> None:
    with pytest.raises(DecodeError):
        jades.parse(data)


def test_payload_that_is_no_text_is_refused() -> None:
    protected, signed, value = _jws.sign({"alg": "ES256"}, b"\xff", KEY)
    with pytest.raises(DecodeError):
        jades.parse(f"{protected}.{signed.decode()}.{value}")


def test_profiles_are_what_the_documentation_says() -> None:
    assert {name: (one.time, one.baseline) for name, one in jades.PROFILES.items()} == {
        "europass": ("sigT", False),
        "etsi": ("iat", True),
    }
