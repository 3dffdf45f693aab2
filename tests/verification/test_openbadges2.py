"""Open Badges 2.0 verified where they are published, or by the key that their issuer publishes; the network is a dictionary."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.containers import Carrier, bake_png
from tessella.errors import AccessError
from tessella.formats.openbadges2 import Badge, in_scope, key_document, revocation_list
from tessella.keys import PrivateKey
from tessella.ports import Fetched
from tessella.seals.jose import sign_token
from tessella.trust import Registry, RegistryEntry
from tessella.verdicts import Report
from tessella.verification import Policy
from tests.formats.openbadges2.sample import HARBOUR, IDS, SITE, written
from tests.formats.openbadges2.test_validation import CLASS_SAMPLES
from tests.support import shared, shared_json
from tests.verification.support import AT, Network, check, found, text, verdict

FOLDER = "vc/1edtech/ob20"
KEY_ID = f"{SITE}/badges/key.json"
LIST_ID = f"{SITE}/badges/revoked.json"
SIGNED_ID = "urn:uuid:1c1b2a1e-0000-4000-8000-000000000001"
KEY = PrivateKey.generate("RS256", rsa_bits=2048)
OTHER = PrivateKey.generate("RS256", rsa_bits=2048)
HOSTED = written()


def pages(badge: Badge, **changes: Any) -> dict[str, bytes | AccessError]:
    """What the issuer publishes of a badge."""
    documents = {one["id"]: one for one in (badge.assertion, badge.badge_class, badge.profile)} | changes
    return {url: one if isinstance(one, AccessError) else text(one) for url, one in documents.items()}


def on_line(data: Any, web: dict[str, bytes | AccessError], **around: Any) -> Report:
    document = data if isinstance(data, bytes | str) else text(data)
    return check(document, fetcher=Network(web), **around)


def verdicts(report: Report) -> dict[str, str]:
    return {one.id: str(one.verdict) for one in report.checks if one.required}


# --- hosted ------------------------------------------------------------------------------------------


def test_hosted_badge_passes_every_required_check() -> None:
    badge = written()
    report = on_line(badge.assertion, pages(badge))
    assert verdicts(report) == {
        "format": "passed",
        "seal": "passed",
        "binding": "passed",
        "key-status": "not_applicable",
        "validity": "passed",
        "status": "passed",
    }
    assert (report.format, report.verdict) == ("openbadges2", "passed")
    assert report.subject["title"] == "Reading the tides"
    assert (report.subject["issuer"], report.subject["issuer_id"]) == ("Harbour College", IDS["issuer_id"])
    assert verdict(report, "trust") == "passed"
    trust = report.check("trust")
    assert trust is not None
    assert "nobody checked who that is" in trust.meaning


def test_register_is_asked_about_the_issuer_that_publishes_the_badge() -> None:
    badge = written()
    entries = {IDS["issuer_id"]: RegistryEntry(name="Harbour College")}
    registries = (Registry(name="Colleges", entries=entries),)
    assert verdict(on_line(badge.assertion, pages(badge), registries=registries), "registry") == "passed"
    assert verdict(on_line(badge.assertion, pages(badge)), "registry") == "not_applicable"
    elsewhere = written(assertion_id="https://thief.example/17.json")
    report = on_line(elsewhere.assertion, pages(elsewhere), registries=registries)
    assert [verdict(report, id) for id in ("registry", "trust")] == ["indeterminate", "indeterminate"]


def test_embedded_and_baked_badge_pass_too() -> None:
    badge = written()
    png = shared(f"{FOLDER}/assets/robotics-badge.png").read_bytes()
    baked = bake_png(png, text(badge.embedded()), carrier=Carrier.OPEN_BADGES_2)
    for data in (badge.embedded(), baked):
        assert on_line(data, pages(badge)).verdict == "passed"


def test_without_network_nothing_is_known_of_a_hosted_badge() -> None:
    report = check(text(written().embedded()))
    assert [verdict(report, id) for id in ("format", "seal", "binding", "status")] == [
        "passed",
        "indeterminate",
        "indeterminate",
        "indeterminate",
    ]
    assert report.verdict == "indeterminate"


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("expires", "2039-01-01T00:00:00Z"),
        ("recipient", {"type": "email", "hashed": False, "identity": "thief@post.example"}),
        ("badge", "https://harbour.example/badges/other.json"),
        ("narrative", "And much more."),
    ],
    ids=["expires", "recipient", "badge", "narrative"],
)
def test_changed_file_fails_though_its_address_is_good(member: str, value: Any) -> None:
    badge = written()
    report = on_line(badge.assertion | {member: value}, pages(badge))
    assert (verdict(report, "seal"), found(report, "seal").evidence) == (
        "failed",
        {"codes": ["openbadges2.changed"]},
    )
    assert report.subject["valid_until"] == "2029-06-03T00:00:00Z"  # what is published is what is told


@pytest.mark.parametrize("part", ["badge", "issuer"])
def test_embedded_object_cannot_say_something_else_than_what_is_published(part: str) -> None:
    badge = written()
    document = badge.embedded()
    node = document["badge"] if part == "badge" else document["badge"]["issuer"]
    node["name"] = "Something grander"
    report = on_line(document, pages(badge))
    assert (verdict(report, "seal"), report.verdict) == ("failed", "failed")


@pytest.mark.parametrize(
    ("published", "status"),
    [
        (AccessError("The server answered 410.", code="access.gone"), "failed"),
        ({"id": IDS["assertion_id"], "revoked": True, "revocationReason": "An error."}, "failed"),
        (AccessError("The server answered 500.", code="access.status"), "indeterminate"),
    ],
    ids=["410", "revoked", "500"],
)
def test_withdrawn_badge(published: Any, status: str) -> None:
    badge = written()
    report = on_line(badge.assertion, pages(badge, **{IDS["assertion_id"]: published}))
    assert (verdict(report, "status"), str(report.verdict)) == (status, status)
    assert verdict(report, "seal") == "indeterminate"


def test_reason_of_a_revocation_is_told() -> None:
    badge = written()
    revoked = {"id": IDS["assertion_id"], "revoked": True, "revocationReason": "An error."}
    report = on_line(badge.assertion, pages(badge, **{IDS["assertion_id"]: revoked}))
    assert found(report, "status").evidence == {"reason": "An error."}


def test_expired_badge_fails() -> None:
    badge = written()
    report = on_line(badge.assertion, pages(badge), at=dt.datetime(2029, 7, 1, tzinfo=dt.UTC))
    assert (verdict(report, "validity"), verdict(report, "seal")) == ("failed", "passed")


def test_another_assertion_at_the_address_fails() -> None:
    badge = written()
    other = badge.assertion | {"id": f"{SITE}/badges/a/18.json"}
    report = on_line(badge.assertion, pages(badge, **{IDS["assertion_id"]: other}))
    assert found(report, "seal").evidence == {"codes": ["openbadges2.not-hosted"]}


def test_assertion_without_web_address_fails() -> None:
    badge = written(assertion_id=SIGNED_ID)
    report = on_line(badge.assertion, pages(badge))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("failed", "failed")


def test_page_that_is_no_json_leaves_it_open() -> None:
    badge = written()
    web = pages(badge) | {IDS["assertion_id"]: b"<html></html>"}
    assert on_line(badge.assertion, web).verdict == "indeterminate"


# --- somebody else's issuer --------------------------------------------------------------------------


def test_badge_on_another_host_is_not_the_issuers() -> None:
    badge = written(assertion_id="https://thief.example/17.json")
    report = on_line(badge.assertion, pages(badge))
    assert (verdict(report, "seal"), verdict(report, "binding")) == ("passed", "failed")


def test_profile_on_a_strangers_host_cannot_speak_in_the_issuers_name() -> None:
    """A thief publishes a profile that calls itself by the college's address and allows the thief's host."""
    badge = written(assertion_id="https://thief.example/17.json")
    forged = badge.profile | {"verification": {"startsWith": "https://thief.example/"}}
    theirs = badge.badge_class | {
        "id": "https://thief.example/b.json",
        "issuer": "https://thief.example/i.json",
    }
    assertion = badge.assertion | {"badge": theirs["id"]}
    web = pages(
        badge, **{assertion["id"]: assertion, theirs["id"]: theirs, "https://thief.example/i.json": forged}
    )
    report = on_line(assertion, web)
    assert verdict(report, "binding") == "failed"
    embedded = assertion | {"badge": theirs | {"issuer": forged}}
    report = on_line(embedded, web | {assertion["id"]: text(embedded)})
    assert verdict(report, "binding") == "failed"


class Redirecting(Network):
    """A network in which one address leads to another."""

    def __init__(self, web: dict[str, bytes | AccessError], start: str, end: str) -> None:
        super().__init__(web)
        self.start, self.end = start, end

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        target = self.end if url == self.start else url
        return super().fetch(target, max_bytes=max_bytes, accept=accept)


@pytest.mark.parametrize(("which", "id"), [("assertion_id", "seal"), ("issuer_id", "binding")])
def test_redirect_to_another_host_is_not_followed_in_trust(which: str, id: str) -> None:
    badge = written()
    web = pages(badge)
    web["https://thief.example/x"] = web[IDS[which]]
    fetcher = Redirecting(web, IDS[which], "https://thief.example/x")
    report = check(text(badge.assertion), fetcher=fetcher)
    assert verdict(report, id) == "indeterminate"


@pytest.mark.parametrize(
    ("address", "policy", "expected"),
    [
        ("https://harbour.example/a/1", {}, True),
        ("https://harbour.example:8443/a/1", {}, False),
        ("https://harbour.example@thief.example/a/1", {}, False),
        ("https://harbour.example.thief.example/a/1", {}, False),
        ("https://a.example/1", {"allowedOrigins": ["a.example", "b.example"]}, True),
        ("https://c.example/1", {"allowedOrigins": ["a.example", "b.example"]}, False),
        ("https://a.example/1", {"allowedOrigins": "https://a.example"}, True),
        ("https://a.example/badges/1", {"startsWith": "https://a.example/badges/"}, True),
        ("https://a.example/users/1", {"startsWith": "https://a.example/badges/"}, False),
        ("https://a.example/badges/../users/1", {"startsWith": "https://a.example/badges/"}, False),
        ("https://a.example/badges/%2E%2e/users/1", {"startsWith": "https://a.example/badges/"}, False),
        ("https://a.example.thief.example/", {"startsWith": "https://a.example"}, False),
        ("https://a.example/1", {"startsWith": ["https://b.example/", "https://a.example/"]}, True),
        (
            "https://b.example/1",
            {"startsWith": "https://b.example/", "allowedOrigins": ["a.example"]},
            False,
        ),
        ("urn:uuid:1", {"startsWith": "urn:"}, False),
    ],
    ids=range(15),
)
def test_scope(address: str, policy: dict[str, Any], expected: bool) -> None:
    assert in_scope(address, "https://harbour.example/i", {"verification": policy}) is expected


# --- signed ------------------------------------------------------------------------------------------


def signed(
    key: PrivateKey = KEY, revoked: dict[str, str] | None = None, **changes: Any
) -> tuple[str, dict[str, Any]]:
    """A signed badge, and what its issuer publishes."""
    lists = LIST_ID if revoked is not None else ""
    badge = written(assertion_id=SIGNED_ID, creator=KEY_ID, revocations=lists)
    web: dict[str, Any] = pages(badge, **{KEY_ID: key_document(KEY_ID, IDS["issuer_id"], KEY.public_jwk)})
    del web[SIGNED_ID]
    if revoked is not None:
        web[LIST_ID] = text(revocation_list(LIST_ID, IDS["issuer_id"], revoked))
    return sign_token(badge.assertion | changes, key, typ="JWT"), web


def test_signed_badge_passes_every_required_check() -> None:
    token, web = signed(revoked={"urn:other": ""})
    report = on_line(token, web)
    assert set(verdicts(report).values()) == {"passed"}
    assert (report.verdict, report.subject["sealed_as"]) == ("passed", "open-badge-jws")
    assert found(report, "binding").evidence["key"] == KEY_ID
    assert found(report, "seal").notes == ()  # registered claims are no part of such badges


def test_signed_badge_without_revocation_list_cannot_be_revoked() -> None:
    token, web = signed()
    assert verdict(on_line(token, web), "status") == "not_applicable"


@pytest.mark.parametrize(
    "form", [SIGNED_ID, {"id": SIGNED_ID}, {"uid": SIGNED_ID}], ids=["text", "id", "uid"]
)
def test_revoked_signed_badge_fails(form: Any) -> None:
    token, web = signed(revoked={})
    web[LIST_ID] = text({"type": "RevocationList", "revokedAssertions": [form]})
    report = on_line(token, web)
    assert (verdict(report, "status"), verdict(report, "seal")) == ("failed", "passed")


def test_missing_revocation_list_leaves_it_open() -> None:
    token, web = signed(revoked={})
    del web[LIST_ID]
    assert on_line(token, web).verdict == "indeterminate"


def test_signature_by_another_key_fails() -> None:
    token, web = signed(OTHER)
    assert verdict(on_line(token, web), "seal") == "failed"


def test_key_that_the_issuer_does_not_list_fails() -> None:
    """The thief's own key names the college as its owner."""
    theirs = "https://thief.example/key.json"
    token, web = signed(OTHER, verification={"type": "SignedBadge", "creator": theirs})
    web[theirs] = text(key_document(theirs, IDS["issuer_id"], OTHER.public_jwk))
    report = on_line(token, web)
    assert (verdict(report, "seal"), found(report, "seal").evidence["codes"]) == (
        "failed",
        ["openbadges2.key"],
    )


def test_key_of_another_owner_fails() -> None:
    token, web = signed()
    web[KEY_ID] = text(key_document(KEY_ID, "https://other.example/i", KEY.public_jwk))
    assert found(on_line(token, web), "seal").evidence["codes"] == ["openbadges2.key"]


def test_key_may_stand_in_the_profile_and_need_no_name() -> None:
    token, web = signed(verification={"type": "SignedBadge"})
    profile = json.loads(web[IDS["issuer_id"]])
    profile["publicKey"] = key_document(KEY_ID, IDS["issuer_id"], KEY.public_jwk)
    web[IDS["issuer_id"]] = text(profile)
    del web[KEY_ID]
    assert verdict(on_line(token, web), "seal") == "passed"
    profile["publicKey"] = [KEY_ID, f"{SITE}/key2.json"]
    web[IDS["issuer_id"]] = text(profile)
    assert found(on_line(token, web), "seal").evidence["codes"] == ["seal.no-key"]


def test_policy_on_algorithms_holds_for_signed_badges() -> None:
    token, web = signed()
    policy = Policy(name="only-ed", required=("seal",), algorithms=("Ed25519",))
    assert found(on_line(token, web, policy=policy), "seal").evidence["codes"] == ["seal.algorithm-policy"]


def test_signed_badge_out_of_its_signature_fails() -> None:
    badge = written(assertion_id=SIGNED_ID, creator=KEY_ID)
    report = on_line(badge.assertion, pages(badge))
    assert found(report, "seal").evidence["codes"] == ["seal.none"]


def test_signed_badge_offline_is_open() -> None:
    assert check(signed()[0]).verdict == "indeterminate"


def test_badge_class_alone_is_no_award() -> None:
    badge = written()
    report = on_line(badge.badge_class, pages(badge))
    assert (verdict(report, "format"), verdict(report, "seal")) == ("passed", "failed")


def test_sample_issuer_is_the_one_that_is_reported() -> None:
    token, web = signed()
    assert on_line(token, web).subject["issuer"] == HARBOUR.name["en"]


# --- hostile documents -------------------------------------------------------------------------------

_MEMBERS = [
    "id",
    "type",
    "recipient",
    "badge",
    "issuer",
    "verification",
    "startsWith",
    "allowedOrigins",
    "publicKey",
    "owner",
    "publicKeyPem",
    "name",
    "url",
    "revoked",
    "issuedOn",
    "expires",
    "evidence",
    "revocationList",
    "criteria",
    "alignment",
    "creator",
]
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=6)
    | st.sampled_from(["https://[", "https://a:b/", "https://harbour.example:99999/", *IDS.values(), KEY_ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_MEMBERS), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.booleans(), st.sampled_from([*IDS.values(), KEY_ID]), st.sampled_from(_MEMBERS), _VALUES)
def test_documents_of_any_shape_never_raise_and_change_no_claim(
    by_key: bool, url: str, member: str, value: Any
) -> None:
    """One member of one published document is anything; the file stays as it is."""
    token, web = signed() if by_key else (text(HOSTED.assertion).decode(), pages(HOSTED))
    document = json.loads(web[url]) if url in web else {}
    web[url] = text(document | {member: value})
    report = on_line(token, web)
    if report.verdict == "passed":
        assert report.subject["issuer_id"] == IDS["issuer_id"]
        assert report.subject["valid_until"] == "2029-06-03T00:00:00Z"


# --- 1EdTech's samples -------------------------------------------------------------------------------

AWARDS = sorted(
    name
    for name in (
        *(
            f"basic-assertion{suffix}.json"
            for suffix in ("", "-expired", "-expired-before-issued", "-in-future")
        ),
        *(
            f"basic-assertion{suffix}.json"
            for suffix in ("-invalid-context", "-invalid-type", "-no-public-key")
        ),
        *(
            f"basic-assertion-with-allowed-origins{suffix}.json"
            for suffix in (
                "",
                "-invalid-multiple-starts-with",
                "-invalid-starts-with",
                "-valid-multiple-starts-with",
                "-valid-starts-with",
            )
        ),
        "basic-assertion-with-language.json",
        *(
            f"assertion-with-{suffix}.json"
            for suffix in (
                "data-image",
                "endorsements",
                "extension-node-basic",
                "extension-node-invalid",
                "multiple-extensions",
            )
        ),
        *("simple-badge.png", "simple-not-revoked.jwt", "simple-revoked.jwt", "simple.jwt"),
        *("warning-issuer-non-http.json", "warning-with-redirection.json"),
    )
)
OUTCOMES = {"valid": "passed", "warning": "passed", "invalid": "failed"}
"""A warning is a badge that passes with a note."""


class SampleHost(Network):
    """example.org, as the samples want it: the assets, and each hosted sample at its own address.

    1EdTech's validator does not fetch a hosted assertion again; so nothing is in the assets for it.
    """

    def __init__(self, folder: Path, given: Any) -> None:
        super().__init__({given["id"]: text(given)} if isinstance(given, dict) and "id" in given else {})
        self.folder = folder

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        path = url.partition("://example.org/")[2]
        if url not in self.pages and path and (self.folder / path).is_file():
            self.pages[url] = (self.folder / path).read_bytes()
        return super().fetch(url, max_bytes=max_bytes, accept=accept)


def given_in(name: str, data: bytes) -> Any:
    if name.endswith(".png"):
        start = data.index(b"{", data.index(b"openbadges"))
        return json.JSONDecoder().raw_decode(data[start : data.index(b"IDAT", start)].decode("latin-1"))[0]
    return json.loads(data) if name.endswith(".json") else {}


@pytest.mark.parametrize("name", AWARDS)
def test_official_sample_has_the_expected_outcome(name: str) -> None:
    expected = shared_json("vc/1edtech/EXPECTED.json")[f"ob20/{name}"][0]["outcome"]
    data = shared(f"{FOLDER}/{name}").read_bytes()
    host = SampleHost(shared(f"{FOLDER}/assets"), given_in(name, data))
    report = check(data, fetcher=host)
    assert str(report.verdict) == OUTCOMES[expected]
    if expected == "warning":
        assert len(found(report, "format").notes) == 1


def test_all_samples_with_an_expected_outcome_are_judged() -> None:
    """Those that are no awards are in ``tests/formats/openbadges2/test_validation.py``."""
    listed = [name for name in shared_json("vc/1edtech/EXPECTED.json") if name.startswith("ob20/")]
    assert sorted(listed) == sorted(f"ob20/{name}" for name in (*AWARDS, *CLASS_SAMPLES))


def test_samples_day_is_after_their_dates() -> None:
    assert dt.datetime(2022, 12, 31, tzinfo=dt.UTC) < AT < dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
