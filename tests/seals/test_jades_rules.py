"""Each rule for JAdES signatures by its name: what is refused, what only keeps a seal from the baseline, what is legal.

Clauses are those of ETSI TS 119 182-1 V1.2.1.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest
from asn1crypto import cms

from tessella.errors import SealError
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals import _jws, jades
from tessella.seals._timestamps import check_token
from tessella.seals.jades._certificate import certificate_parameters
from tessella.verdicts import Verdict
from tests.seals.longterm import CLOCK_CA, PAYLOAD, ROOT, SEALER_CA, crl, on, sealer, stamp

KEY = sealer()
CHAIN = KEY.certificate_chain
NAMES = certificate_parameters(CHAIN)
SECONDS = int(on(2026).timestamp())
HEADER: Mapping[str, Any] = {
    "alg": "ES256",
    "cty": "json",
    "x5t#S256": NAMES["x5t#S256"],
    "x5c": NAMES["x5c"],
    "typ": "jose+json",
    "iat": SECONDS,
}
"""A header that keeps every rule, with the payload in base64url."""


def sealed(
    header: Mapping[str, Any], payload: str | None = PAYLOAD, etsi: list[Any] | None = None, key: Any = KEY
) -> str:
    """A seal with exactly this header; without payload when it is None."""
    protected, signed, value = _jws.sign(header, (payload or "").encode(), key)
    row: dict[str, Any] = {"protected": protected, "signature": value}
    if etsi is not None:
        row["header"] = {"etsiU": etsi}
    document: dict[str, Any] = {"signatures": [row]}
    if payload is not None:
        document = {"payload": signed.decode(), **document}
    return json.dumps(document)


def one(data: str, **options: Any) -> jades.SignatureResult:
    [result] = jades.verify(data, **options).signatures
    return result


def ruled(header: Mapping[str, Any]) -> tuple[Verdict, str, list[str]]:
    """The verdict, the level and the rules broken."""
    result = one(sealed(header))
    return result.verdict, result.baseline, [finding.rule for finding in result.departures]


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in HEADER.items() if name not in names} | more


# --- the time of signing (§5.1.11, §5.2.1) ---------------------------------------------------------------


def test_iat_alone_is_baseline() -> None:
    assert ruled(HEADER) == (Verdict.PASSED, "B-B", [])


@pytest.mark.parametrize(
    ("time", "level", "rules"),
    [("2025-07-14T23:59:59Z", "B-B", []), ("2025-07-15T00:00:00Z", "", ["jades.iat"])],
)
def test_sigt_is_baseline_only_before_15_july_2025(time: str, level: str, rules: list[str]) -> None:
    assert ruled(without("iat", sigT=time)) == (Verdict.PASSED, level, rules)


def test_iat_and_sigt_together_are_never_baseline() -> None:
    both = {**HEADER, "sigT": "2025-01-01T00:00:00Z"}
    assert ruled(both) == (Verdict.PASSED, "", ["jades.time"])


@pytest.mark.parametrize("change", [{}, {"iat": "1780315200"}, {"sigT": "2025-01-01T00:00:00"}])
def test_no_readable_time_is_never_baseline(change: dict[str, Any]) -> None:
    assert ruled(without("iat", **change)) == (Verdict.PASSED, "", ["jades.time"])


# --- which certificate (§5.1.6 to §5.1.8, §5.2.2) --------------------------------------------------------

DIGEST = {"digAlg": "S512", "digVal": base64url_encode(hashlib.sha512(CHAIN[0]).digest())}
UPPER = {"digAlg": "S512", "digVal": base64url_encode(hashlib.sha512(CHAIN[1]).digest())}


@pytest.mark.parametrize("reference", [{"x5t#o": DIGEST}, {"sigX5ts": [DIGEST, UPPER]}])
def test_each_kind_of_reference_is_baseline_by_itself(reference: dict[str, Any]) -> None:
    assert ruled(without("x5t#S256", **reference)) == (Verdict.PASSED, "B-B", [])


@pytest.mark.parametrize(
    "reference", [{"x5t#o": UPPER}, {"sigX5ts": [UPPER]}, {"sigX5ts": {}}, {"x5t#S256": "AA"}]
)
def test_reference_to_another_certificate_fails(reference: dict[str, Any]) -> None:
    result = one(sealed(without("x5t#S256", **reference)))
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.certificate-mismatch")


@pytest.mark.parametrize("reference", [{"x5t#o": DIGEST}, {"sigX5ts": [DIGEST, UPPER]}])
def test_two_references_are_never_baseline(reference: dict[str, Any]) -> None:
    assert ruled({**HEADER, **reference}) == (Verdict.PASSED, "", ["jades.certificate-reference"])


def test_no_reference_is_never_baseline() -> None:
    assert ruled(without("x5t#S256")) == (Verdict.PASSED, "", ["jades.certificate-reference"])


def test_x5t_is_never_baseline() -> None:
    old = base64url_encode(hashlib.sha1(CHAIN[0], usedforsecurity=False).digest())
    assert ruled({**HEADER, "x5t": old}) == (Verdict.PASSED, "", ["jades.x5t"])


# --- crit and b64 (§5.1.9, §5.1.10; RFC 7515 §4.1.11; RFC 7797 §6) ------------------------------------------


@pytest.mark.parametrize(
    "crit",
    [
        [],
        ["iat", "iat"],
        ["alg"],
        ["x5c"],
        ["x5t#S256"],
        ["cty"],
        ["sigPl"],
        ["unheard-of"],
        "iat",
        [1],
        {},
        None,
    ],
)
def test_crit_that_breaks_its_rules_fails(crit: Any) -> None:
    result = one(sealed({**HEADER, "crit": crit, "unheard-of": 1}))
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.crit")


def test_crit_with_sigt_is_legal() -> None:
    assert ruled(without("iat", sigT="2024-01-01T00:00:00Z", crit=["sigT"])) == (Verdict.PASSED, "B-B", [])


def test_crit_with_etsiu_fails_as_it_is_not_protected() -> None:
    result = one(sealed({**HEADER, "crit": ["etsiU"]}, etsi=[{"sigTst": {}}]))
    assert result.problems[0].code == "seal.crit"


def test_b64_false_is_baseline_when_crit_says_so() -> None:
    assert ruled({**HEADER, "b64": False, "crit": ["b64"]}) == (Verdict.PASSED, "B-B", [])


@pytest.mark.parametrize("crit", [{}, {"crit": ["iat"]}])
def test_b64_false_that_crit_conceals_fails(crit: dict[str, Any]) -> None:
    result = one(sealed({**HEADER, "b64": False, **crit}))
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.crit")


# --- typ and cty (§5.1.2, §5.1.3) ---------------------------------------------------------------------------


@pytest.mark.parametrize("typ", ["jose", "jose+json"])
def test_typ_of_jose_is_baseline(typ: str) -> None:
    assert ruled({**HEADER, "typ": typ}) == (Verdict.PASSED, "B-B", [])


@pytest.mark.parametrize("typ", ["JWT", "JOSE+JSON", "application/json", 5, []])
def test_other_typ_is_never_baseline(typ: Any) -> None:
    assert ruled({**HEADER, "typ": typ}) == (Verdict.PASSED, "", ["jades.typ"])


def test_typ_and_cty_may_be_missing() -> None:
    assert ruled(without("typ", "cty")) == (Verdict.PASSED, "B-B", [])


# --- apart from the content: sigD (§5.2.8) -------------------------------------------------------------------

URI = "http://uri.etsi.org/19182/"
OBJECTS = {"award.json": PAYLOAD.encode(), "picture.png": bytes(range(256))}


def by_hash(*, encoded: bool, hash_m: str = "S256", **change: Any) -> dict[str, Any]:
    """A header of the mechanism ObjectIdByURIHash."""
    name = {"S256": "sha256", "S512": "sha512"}.get(hash_m, "sha256")
    contents = [base64url_encode(one).encode() if encoded else one for one in OBJECTS.values()]
    described = {
        "mId": f"{URI}ObjectIdByURIHash",
        "pars": list(OBJECTS),
        "hashM": hash_m,
        "hashV": [base64url_encode(hashlib.new(name, one).digest()) for one in contents],
        **change,
    }
    flags = {} if encoded else {"b64": False}
    return without("cty", sigD=described, crit=["sigD", *flags], **flags)


@pytest.mark.parametrize("encoded", [True, False])
@pytest.mark.parametrize("hash_m", ["S256", "S512"])
def test_objects_by_hash_pass_when_all_are_at_hand(encoded: bool, hash_m: str) -> None:
    result = one(sealed(by_hash(encoded=encoded, hash_m=hash_m), payload=None), detached=OBJECTS)
    assert (result.verdict, result.baseline, result.departures) == (Verdict.PASSED, "B-B", ())


@pytest.mark.parametrize("missing", list(OBJECTS))
def test_object_that_is_not_at_hand_leaves_the_seal_open(missing: str) -> None:
    rest = {name: content for name, content in OBJECTS.items() if name != missing}
    for given in (rest, None):
        result = one(sealed(by_hash(encoded=True), payload=None), detached=given)
        assert (result.verdict, result.problems[0].code) == (Verdict.INDETERMINATE, "unsupported.detached")


@pytest.mark.parametrize("changed", list(OBJECTS))
def test_object_that_was_changed_fails(changed: str) -> None:
    spoiled = {**OBJECTS, changed: OBJECTS[changed] + b" "}
    result = one(sealed(by_hash(encoded=True), payload=None), detached=spoiled)
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.detached")


def test_objects_in_exchanged_places_fail() -> None:
    first, second = OBJECTS
    exchanged = {first: OBJECTS[second], second: OBJECTS[first]}
    assert one(sealed(by_hash(encoded=True), payload=None), detached=exchanged).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hashV": ["AA"]}, "seal.detached"),
        ({"hashV": None}, "seal.detached"),
        ({"pars": []}, "seal.detached"),
        ({"pars": "award.json"}, "seal.detached"),
        ({"pars": [1]}, "seal.detached"),
        ({"hashM": "S1"}, "unsupported.detached"),
        ({"mId": f"{URI}Other"}, "unsupported.detached"),
        ({"mId": 5}, "unsupported.detached"),
    ],
)
def test_sigd_that_is_not_as_it_should_be_never_passes(change: dict[str, Any], code: str) -> None:
    result = one(sealed(by_hash(encoded=True, **change), payload=None), detached=OBJECTS)
    assert result.verdict is (Verdict.FAILED if code == "seal.detached" else Verdict.INDETERMINATE)
    assert result.problems[0].code == code


def test_sigd_that_crit_conceals_fails() -> None:
    header = by_hash(encoded=True)
    del header["crit"]
    result = one(sealed(header, payload=None), detached=OBJECTS)
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.crit")


def test_sigd_beside_an_attached_payload_fails() -> None:
    result = one(sealed(by_hash(encoded=True)), detached=OBJECTS)
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.detached")


def test_cty_beside_sigd_is_never_baseline() -> None:
    result = one(sealed({**by_hash(encoded=True), "cty": "json"}, payload=None), detached=OBJECTS)
    assert (result.verdict, [finding.rule for finding in result.departures]) == (
        Verdict.PASSED,
        ["jades.cty"],
    )


@pytest.mark.parametrize("encoded", [True, False])
def test_objects_by_uri_are_the_payload_one_after_the_other(encoded: bool) -> None:
    flags = {} if encoded else {"b64": False}
    described = {"mId": f"{URI}ObjectIdByURI", "pars": list(OBJECTS)}
    header = without("cty", sigD=described, crit=["sigD", *flags], **flags)
    contents = [base64url_encode(one) if encoded else one.decode("latin-1") for one in OBJECTS.values()]
    payload = "".join(contents).encode("latin-1")
    protected = _jws.encode_header(header)
    value = base64url_encode(KEY.sign(_jws.signing_input(protected, payload)))
    data = json.dumps({"protected": protected, "signature": value})
    assert one(data, detached=OBJECTS).verdict is Verdict.PASSED
    spoiled = one(data, detached={**OBJECTS, "award.json": b"{}"})
    assert (spoiled.verdict, spoiled.problems[0].code) == (Verdict.FAILED, "seal.signature")


BODY = b'{"hello": "world"}'
FIELDS = {
    "(request-target)": b"post /awards?id=5",
    "host": b" issuer.example ",
    "digest": b"SHA-256=" + base64.b64encode(hashlib.sha256(BODY).digest()),
    "": BODY,
}


def http_seal(**change: Any) -> str:
    names = ["(request-target)", "host", "digest"]
    header = without("cty", sigD={"mId": f"{URI}HttpHeaders", "pars": names}, b64=False, crit=["sigD", "b64"])
    header.update(change)
    lines = b"\n".join(name.encode() + b": " + FIELDS[name].strip() for name in names)
    protected = _jws.encode_header(header)
    value = base64url_encode(KEY.sign(_jws.signing_input(protected, lines)))
    return json.dumps({"protected": protected, "signature": value})


def test_http_fields_pass_with_the_body_they_digest() -> None:
    assert one(http_seal(), detached=FIELDS).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("change", "verdict", "code"),
    [
        ({"": BODY + b" "}, Verdict.FAILED, "seal.detached"),
        ({"host": b"else.example"}, Verdict.FAILED, "seal.signature"),
        ({"digest": b"MD5=AAAA"}, Verdict.INDETERMINATE, "unsupported.detached"),
    ],
)
def test_http_message_that_was_changed_never_passes(
    change: dict[str, bytes], verdict: Verdict, code: str
) -> None:
    result = one(http_seal(), detached={**FIELDS, **change})
    assert (result.verdict, result.problems[0].code) == (verdict, code)


def test_http_message_without_its_body_is_left_open() -> None:
    fields = {name: value for name, value in FIELDS.items() if name}
    assert one(http_seal(), detached=fields).verdict is Verdict.INDETERMINATE


def test_http_fields_with_encoded_payload_fail() -> None:
    result = one(http_seal(b64=True), detached=FIELDS)
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.detached")


def test_http_fields_in_capitals_fail() -> None:
    described = {"mId": f"{URI}HttpHeaders", "pars": ["Host"]}
    result = one(http_seal(sigD=described), detached={"Host": b"x"})
    assert (result.verdict, result.problems[0].code) == (Verdict.FAILED, "seal.detached")


@pytest.mark.parametrize("profile", ["etsi", "europass"])
def test_detached_seal_of_ours_verifies_and_is_archived(profile: Any) -> None:
    made = jades.seal_detached(
        OBJECTS, KEY, at=on(2026), profile=profile, types={"award.json": "json"}, timestamp=stamp(on(2026))
    )
    evidence = {"crls": [crl(SEALER_CA, on(2026))], "certificates": [ROOT.der, CLOCK_CA.der]}
    archived = jades.extend(made, level="B-LTA", timestamp=stamp(on(2026)), detached=OBJECTS, **evidence).data
    result = one(archived.decode(), detached=OBJECTS)
    assert (result.verdict, result.baseline) == (Verdict.PASSED, "B-LTA" if profile == "etsi" else "")
    assert [found.imprint for found in result.timestamps] == [Verdict.PASSED, Verdict.PASSED]
    absent = one(archived.decode())
    assert [found.imprint for found in absent.timestamps] == [Verdict.PASSED, Verdict.INDETERMINATE]


@pytest.mark.parametrize("count", [0, 257])
def test_detached_seal_of_nothing_or_too_much_is_refused(count: int) -> None:
    with pytest.raises(SealError) as caught:
        jades.seal_detached({str(number): b"" for number in range(count)}, KEY, at=on(2026))
    assert caught.value.code == "seal.detached"


# --- what is added later: etsiU (§5.3) ------------------------------------------------------------------------


def sig_tst(data: str, *, tokens: int = 1, time: dt.datetime | None = None, **more: Any) -> dict[str, Any]:
    """A ``sigTst`` over the signature of a sealed file."""
    text = json.loads(data)["signatures"][0]["signature"].encode()
    token = base64.b64encode(stamp(time or on(2026))(text)).decode()
    return {"sigTst": {"tstTokens": [{"val": token}] * tokens, **more}}


def with_etsi(data: str, items: list[Any]) -> str:
    document = json.loads(data)
    document["signatures"][0]["header"] = {"etsiU": items}
    return json.dumps(document)


PLAIN = sealed(HEADER)


def test_compact_form_is_b_b_at_most() -> None:
    document = json.loads(PLAIN)
    [row] = document["signatures"]
    result = one(f"{row['protected']}.{document['payload']}.{row['signature']}")
    assert (result.verdict, result.baseline) == (Verdict.PASSED, "B-B")


@pytest.mark.parametrize("clear", [True, False])
def test_signature_time_stamp_is_b_t_in_both_encodings(clear: bool) -> None:
    item: Any = sig_tst(PLAIN)
    result = one(with_etsi(PLAIN, [item if clear else base64url_encode(json.dumps(item).encode())]))
    assert (result.baseline, result.departures) == ("B-T", ())


def test_mixed_encodings_are_no_evidence() -> None:
    item = sig_tst(PLAIN)
    result = one(with_etsi(PLAIN, [item, base64url_encode(json.dumps(item).encode())]))
    assert (result.verdict, result.timestamp, result.baseline) == (Verdict.PASSED, Verdict.FAILED, "B-B")


def test_signature_time_stamp_with_two_tokens_is_not_b_t() -> None:
    result = one(with_etsi(PLAIN, [sig_tst(PLAIN, tokens=2)]))
    assert (result.timestamp, result.baseline) == (Verdict.PASSED, "B-B")
    assert [finding.rule for finding in result.departures] == ["jades.sigtst"]


def test_signature_time_stamp_with_a_canonicalisation_is_never_baseline() -> None:
    result = one(with_etsi(PLAIN, [sig_tst(PLAIN, canonAlg="x")]))
    assert [finding.rule for finding in result.departures] == ["jades.canon-alg"]
    assert result.baseline == ""


def test_signature_time_stamp_over_the_raw_signature_fails() -> None:
    """The imprint is that of the base64url text, not of the bytes it stands for (§5.3.4)."""
    raw = base64url_decode(json.loads(PLAIN)["signatures"][0]["signature"])
    token = base64.b64encode(stamp(on(2026))(raw)).decode()
    result = one(with_etsi(PLAIN, [{"sigTst": {"tstTokens": [{"val": token}]}}]))
    [found] = result.timestamps
    assert (found.imprint, found.token, result.baseline) == (Verdict.FAILED, Verdict.PASSED, "B-B")


def test_signature_time_stamp_of_after_the_certificates_end_is_not_b_t() -> None:
    result = one(with_etsi(PLAIN, [sig_tst(PLAIN, time=on(2028, 6, 2))]))
    assert (result.timestamp, result.baseline) == (Verdict.PASSED, "B-B")


def test_references_beside_validation_data_are_not_b_lt() -> None:
    made = jades.extend(
        PLAIN, level="B-LTA", timestamp=stamp(on(2026)), crls=[crl(SEALER_CA, on(2026))]
    ).data.decode()
    assert one(made).baseline == "B-LTA"
    document = json.loads(made)
    document["signatures"][0]["header"]["etsiU"].append(base64url_encode(b'{"xRefs":[]}'))
    result = one(json.dumps(document))
    assert (result.baseline, [one.rule for one in result.departures]) == ("B-T", ["jades.references"])


def test_certificate_of_the_authority_is_found_in_tst_vd() -> None:
    """§5.3.6.1: what validates a time stamp may stand beside it."""
    text = json.loads(PLAIN)["signatures"][0]["signature"].encode()
    whole = stamp(on(2026))(text)
    certificate = check_token(whole, text).certificates[0]
    content = cms.ContentInfo.load(whole)
    content["content"]["certificates"] = cms.CertificateSet([])
    bare = {"sigTst": {"tstTokens": [{"val": base64.b64encode(content.dump(force=True)).decode()}]}}
    values = [{"x509Cert": {"val": base64.b64encode(certificate).decode()}}]
    assert one(with_etsi(PLAIN, [bare])).timestamp is Verdict.INDETERMINATE
    for name in ("tstVD", "anyValData"):
        assert one(with_etsi(PLAIN, [bare, {name: {"xVals": values}}])).timestamp is Verdict.PASSED
    assert one(with_etsi(PLAIN, [bare, {"xVals": values}])).timestamp is Verdict.PASSED


def test_archive_stamp_of_the_draft_kind_is_left_open() -> None:
    item = sig_tst(PLAIN)["sigTst"]
    result = one(
        with_etsi(
            PLAIN,
            [base64url_encode(json.dumps({"arcTst": {**item, "timeStamped": "previousArcTst"}}).encode())],
        )
    )
    assert result.timestamp is Verdict.INDETERMINATE
