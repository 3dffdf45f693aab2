"""Raising seals to B-T, B-LT and B-LTA, and telling when they age."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.canonical import jcs
from tessella.errors import SealError, UnsupportedError
from tessella.keys import base64url_decode, base64url_encode
from tessella.seals import _jws, jades
from tessella.seals.jades._etsi import JCS
from tessella.verdicts import Verdict
from tests.seals.longterm import (
    CLOCK_CA,
    PAYLOAD,
    ROOT,
    SEALER_CA,
    clock,
    crl,
    ocsp_response,
    on,
    sealer,
    stamp,
)
from tests.support import shared

KEY = sealer()
CERTIFICATE = KEY.certificate_chain[0]
SEALED = jades.seal(PAYLOAD, KEY, at=on(2026), profile="etsi")
EVIDENCE: dict[str, Any] = {
    "certificates": [ROOT.der, CLOCK_CA.der],
    "crls": [crl(SEALER_CA, on(2026, 6, 2)), crl(CLOCK_CA, on(2026, 6, 2)), crl(ROOT, on(2026, 6, 2))],
    "ocsps": [ocsp_response(SEALER_CA, CERTIFICATE, on(2026, 6, 2))],
}
ARCHIVED = jades.extend(SEALED, level="B-LTA", timestamp=stamp(on(2026)), **EVIDENCE)


def items(sealed: bytes, index: int = 0) -> list[Any]:
    """The items of ``etsiU``, opened."""
    row = json.loads(sealed)["signatures"][index]
    raw = row.get("header", {}).get("etsiU", [])
    return [json.loads(base64url_decode(one)) if isinstance(one, str) else one for one in raw]


def names(sealed: bytes) -> list[str]:
    return [name for one in items(sealed) for name in one]


def level(sealed: bytes) -> str:
    [one] = jades.verify(sealed).require().signatures
    assert all(stamped.verdict is Verdict.PASSED for stamped in one.timestamps)
    return one.baseline


def imprint(token: str) -> bytes:
    """What a token in base64 says it is about, read without our code."""
    content = cms.ContentInfo.load(base64.b64decode(token))["content"]["encap_content_info"]["content"].parsed
    return bytes(content["message_imprint"]["hashed_message"].native)


# --- levels ------------------------------------------------------------------------------------------------


def test_b_t_adds_one_signature_time_stamp() -> None:
    made = jades.extend(SEALED, level="B-T", timestamp=stamp(on(2026)))
    assert (made.added, made.notes, level(made.data)) == (("sigTst",), (), "B-T")
    again = jades.extend(made.data, level="B-T", timestamp=stamp(on(2026)))
    assert again.added == ()
    assert json.loads(again.data) == json.loads(made.data)


def test_b_lt_adds_what_speaks_about_sealer_and_authority() -> None:
    made = jades.extend(SEALED, level="B-LT", timestamp=stamp(on(2026)), **EVIDENCE)
    assert (made.added, level(made.data)) == (("sigTst", "xVals", "rVals", "tstVD"), "B-LT")
    _, certificates, revocation, authorities = items(made.data)

    def values(ders: list[bytes]) -> list[dict[str, str]]:
        return [{"val": base64.b64encode(der).decode()} for der in ders]

    assert certificates == {"xVals": [{"x509Cert": value} for value in values([ROOT.der])]}
    crls, ocsps = EVIDENCE["crls"], EVIDENCE["ocsps"]
    assert revocation == {"rVals": {"crlVals": values([crls[0], crls[2]]), "ocspVals": values(ocsps)}}
    assert authorities == {
        "tstVD": {"rVals": {"crlVals": values([crls[1]])}}
    }  # its certificates are in the token


def test_b_lta_has_the_archive_stamp_over_exactly_these_bytes() -> None:
    assert ARCHIVED.added == ("sigTst", "xVals", "rVals", "tstVD", "arcTst")
    assert level(ARCHIVED.data) == "B-LTA"
    document = json.loads(ARCHIVED.data)
    [row] = document["signatures"]
    earlier = "".join(row["header"]["etsiU"][:-1])
    about = f"{document['payload']}.{row['protected']}.{row['signature']}.{earlier}".encode()
    token = items(ARCHIVED.data)[-1]["arcTst"]["tstTokens"][0]["val"]
    assert imprint(token) == hashlib.sha256(about).digest()


def test_next_archive_stamp_covers_the_one_before() -> None:
    evidence = {"crls": [crl(CLOCK_CA, on(2031))]}
    made = jades.extend(ARCHIVED.data, level="B-LTA", timestamp=stamp(on(2031)), **evidence)
    assert (made.added, level(made.data)) == (("tstVD", "arcTst"), "B-LTA")
    [one] = jades.verify(made.data).signatures
    assert [stamped.kind for stamped in one.timestamps] == ["sigTst", "arcTst", "arcTst"]
    assert [stamped.position for stamped in one.timestamps] == [0, 4, 6]
    broken = json.loads(made.data)
    del broken["signatures"][0]["header"]["etsiU"][4]
    [one] = jades.verify(json.dumps(broken)).signatures
    assert [stamped.imprint for stamped in one.timestamps] == [Verdict.PASSED, Verdict.FAILED]


def test_late_data_on_the_sealer_goes_into_any_val_data() -> None:
    made = jades.extend(SEALED, level="B-LTA", timestamp=stamp(on(2026)), partial=True)
    assert (made.added, level(made.data)) == (("sigTst", "arcTst"), "B-T")
    assert made.notes == (
        "Nothing says whether the sealer's certificate was revoked, so the seal cannot reach B-LT.",
    )
    more = jades.extend(made.data, level="B-LTA", timestamp=stamp(on(2027)), **EVIDENCE)
    assert (more.added, level(more.data)) == (("anyValData", "tstVD", "arcTst"), "B-LTA")


def test_clear_evidence_stays_clear_and_is_archived_in_canonical_form() -> None:
    made = json.loads(jades.extend(SEALED, level="B-LT", timestamp=stamp(on(2026)), **EVIDENCE).data)
    header = made["signatures"][0]["header"]
    header["etsiU"] = [json.loads(base64url_decode(one)) for one in header["etsiU"]]
    archived = jades.extend(json.dumps(made), level="B-LTA", timestamp=stamp(on(2026))).data
    assert level(archived) == "B-LTA"
    document = json.loads(archived)
    [row] = document["signatures"]
    *earlier, last = row["header"]["etsiU"]
    assert earlier == header["etsiU"]
    assert last["arcTst"]["canonAlg"] == JCS
    start = f"{document['payload']}.{row['protected']}.{row['signature']}.".encode()
    about = start + b"".join(jcs(one) for one in earlier)
    assert imprint(last["arcTst"]["tstTokens"][0]["val"]) == hashlib.sha256(about).digest()
    pretty = json.dumps(document, indent=3, sort_keys=True)  # other text, the same canonical form
    assert level(pretty.encode()) == "B-LTA"


@pytest.mark.parametrize("named", ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", 5, None])
def test_unknown_canonicalisation_leaves_the_archive_stamp_open(named: object) -> None:
    document = json.loads(ARCHIVED.data)
    header = document["signatures"][0]["header"]
    header["etsiU"] = [json.loads(base64url_decode(one)) for one in header["etsiU"]]
    header["etsiU"][-1]["arcTst"]["canonAlg"] = named
    [one] = jades.verify(json.dumps(document)).signatures
    assert [stamped.verdict for stamped in one.timestamps] == [Verdict.PASSED, Verdict.INDETERMINATE]


def test_every_signature_gets_its_own_evidence() -> None:
    document = json.loads(SEALED)
    other = sealer(algorithm="RS256")
    document["signatures"] += json.loads(jades.seal(PAYLOAD, other, at=on(2026), profile="etsi"))[
        "signatures"
    ]
    made = jades.extend(json.dumps(document), level="B-LTA", timestamp=stamp(on(2026)), **EVIDENCE)
    assert [one.baseline for one in jades.verify(made.data).require().signatures] == ["B-LTA", "B-LTA"]


def test_flattened_form_and_foreign_members_stay() -> None:
    document = json.loads(SEALED)
    [row] = document.pop("signatures")
    flat = {**document, **row, "header": {"note": "ours"}, "extra": [1.5, None]}
    made = json.loads(jades.extend(json.dumps(flat), level="B-T", timestamp=stamp(on(2026))).data)
    assert len(made["header"].pop("etsiU")) == 1
    assert made == flat


TEXT = st.dictionaries(st.text(max_size=5), st.text(max_size=20) | st.integers() | st.none(), max_size=4)


@settings(max_examples=20, deadline=None)
@given(
    content=TEXT,
    rounds=st.lists(st.sampled_from(["B-T", "B-LT", "B-LTA"]), min_size=1, max_size=3),
    profile=st.sampled_from(["europass", "etsi"]),
)
def test_extending_changes_nothing_that_was_there(content: Any, rounds: list[Any], profile: Any) -> None:
    sealed = jades.seal(json.dumps(content), KEY, at=on(2026), profile=profile)
    for wanted in rounds:
        before = json.loads(sealed)
        sealed = jades.extend(sealed, level=wanted, timestamp=stamp(on(2026)), **EVIDENCE).data
        after = json.loads(sealed)
        [old], [new] = before["signatures"], after["signatures"]
        assert after["payload"] == before["payload"]
        assert (new["protected"], new["signature"]) == (old["protected"], old["signature"])
        earlier = old.get("header", {}).get("etsiU", [])
        assert new["header"]["etsiU"][: len(earlier)] == earlier
        assert jades.verify(sealed).timestamp is Verdict.PASSED


@pytest.mark.parametrize("name", ["MC-Annex1", "CertOfPart"])
def test_official_sample_is_renewed(name: str) -> None:
    data = shared(f"edc/official-samples/Sample-{name}-signed.jsonld").read_bytes()
    made = jades.extend(data, level="B-LTA", timestamp=stamp(on(2026)))
    assert (made.added, level(made.data)) == (("arcTst",), "B-LTA")
    old, new = json.loads(data), json.loads(made.data)
    del new["signatures"][0]["header"]["etsiU"][-1]
    assert new == old


# --- what cannot be extended ---------------------------------------------------------------------------------


def test_time_stamp_that_is_needed_and_not_given_is_told() -> None:
    with pytest.raises(SealError) as caught:
        jades.extend(SEALED, level="B-T")
    assert caught.value.code == "seal.timestamp"


def test_time_stamp_about_something_else_is_refused() -> None:
    with pytest.raises(SealError) as caught:
        jades.extend(SEALED, level="B-T", timestamp=lambda message: stamp(on(2026))(b"else"))
    assert caught.value.code == "seal.timestamp"


@pytest.mark.parametrize(
    "evidence", [{}, {"crls": [EVIDENCE["crls"][1]]}, {"crls": [b"0"], "ocsps": [b"\x30\x00"]}]
)
def test_b_lt_needs_revocation_data_on_the_sealer(evidence: Any) -> None:
    with pytest.raises(SealError) as caught:
        jades.extend(SEALED, level="B-LT", timestamp=stamp(on(2026)), **evidence)
    assert caught.value.code == "seal.revocation-data"


def test_ocsp_response_about_another_certificate_is_left_out() -> None:
    other = ocsp_response(SEALER_CA, sealer().certificate_chain[0], on(2026))
    with pytest.raises(SealError):
        jades.extend(SEALED, level="B-LT", timestamp=stamp(on(2026)), ocsps=[other])


def test_seal_that_does_not_hold_is_not_extended() -> None:
    spoiled = json.loads(SEALED)
    spoiled["payload"] += " "
    with pytest.raises(SealError) as caught:
        jades.extend(json.dumps(spoiled), level="B-T", timestamp=stamp(on(2026)))
    assert caught.value.code == "seal.signature"


@pytest.mark.parametrize("index", [0, 2])
def test_evidence_that_does_not_hold_is_not_built_on(index: int) -> None:
    spoiled = json.loads(ARCHIVED.data)
    etsi = spoiled["signatures"][0]["header"]["etsiU"]
    etsi[index] = base64url_encode(b'{"other":1}')
    with pytest.raises(SealError) as caught:
        jades.extend(json.dumps(spoiled), level="B-LTA", timestamp=stamp(on(2031)))
    assert caught.value.code == "seal.evidence"


def test_compact_form_has_no_room() -> None:
    [one] = jades.parse(SEALED).signatures
    header = {name: value for name, value in one.header.items() if name not in ("b64", "crit")}
    protected, payload, value = _jws.sign(header, b"{}", KEY)
    compact = f"{protected}.{payload.decode()}.{value}"
    assert jades.verify(compact).signatures[0].baseline == "B-B"
    with pytest.raises(UnsupportedError) as caught:
        jades.extend(compact, level="B-T", timestamp=stamp(on(2026)))
    assert caught.value.code == "unsupported.compact"


# --- ageing --------------------------------------------------------------------------------------------------


def age(sealed: bytes) -> jades.Ageing:
    [one] = jades.verify(sealed).require().signatures
    return jades.ageing(one)


def test_seal_without_time_stamp_ends_with_its_certificate() -> None:
    found = age(SEALED)
    assert (found.reason, found.ends, found.renew_from) == ("no-timestamp", on(2028), None)
    assert (found.is_due(on(2026)), found.is_over(on(2027)), found.is_over(on(2028))) == (True, False, True)


def test_seal_ages_with_the_certificate_of_its_last_archive_stamp() -> None:
    end = on(2032)
    made = jades.extend(SEALED, level="B-LTA", timestamp=stamp(on(2026), end=end), **EVIDENCE)
    found = age(made.data)
    assert (found.reason, found.cause, found.ends, found.proven_since) == (
        "certificate",
        "certificate",
        end,
        on(2026),
    )
    assert found.renew_from == end - jades.RENEWAL_MARGIN
    later = jades.extend(made.data, level="B-LTA", timestamp=stamp(on(2031), end=on(2037)))
    found = age(later.data)
    assert (found.ends, found.proven_since) == (on(2037), on(2026))


def test_seal_ages_with_the_algorithm_of_its_time_stamp() -> None:
    key = rsa.generate_private_key(65537, 2048)
    made = jades.extend(SEALED, level="B-T", timestamp=clock(on(2036), key=key).at(on(2026)))
    found = age(made.data)
    assert (found.reason, found.cause) == ("algorithm", "RSA")
    assert found.ends == dt.datetime(2029, 1, 1, tzinfo=dt.UTC)


def test_short_evidence_is_renewed_after_half_its_life() -> None:
    made = jades.extend(SEALED, level="B-T", timestamp=stamp(on(2026), end=on(2027)))
    found = age(made.data)
    assert found.renew_from == on(2026) + (on(2027) - on(2026)) / 2
    assert (found.is_due(on(2026)), found.is_due(on(2026, 12, 20))) == (False, True)


def test_archive_stamp_that_came_too_late_proves_nothing_of_before() -> None:
    made = jades.extend(SEALED, level="B-T", timestamp=stamp(on(2026), end=on(2030)))
    late = jades.extend(made.data, level="B-LTA", timestamp=stamp(on(2031)), partial=True)
    assert age(late.data).proven_since == on(2031)
