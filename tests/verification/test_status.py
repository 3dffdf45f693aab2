"""The check *status*: lists that are had, not had, forged, stale, revoked, suspended."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest

from tessella.errors import AccessError
from tessella.keys import KeyRing, PrivateKey, new_key_record, revoke_key
from tessella.status import StatusList, status_entry, status_list_credential
from tessella.verdicts import Verdict
from tessella.verification import DEFAULT, Cache, Surroundings, verify_many
from tests.verification.support import (
    AT,
    KEY,
    OTHER,
    SEALED,
    WEB_KEY,
    Network,
    badge,
    check,
    did_of,
    found,
    new_key,
    proved,
    ring,
    sealed,
    text,
    verdict,
)

URL = "https://ribeira.example/status/1"


def status_list(*taken: int, purpose: Any = "revocation") -> StatusList:
    made = StatusList(purpose)
    for index in range(3):
        made.allocate(random_below=lambda _, index=index: index)
    for index in taken:
        made.set(index)
    return made


def published(
    *taken: int, key: PrivateKey = KEY, issuer: str = "", purpose: Any = "revocation", **options: Any
) -> bytes:
    """The sealed list credential."""
    document = status_list_credential(
        status_list(*taken, purpose=purpose),
        list_url=URL,
        issuer=issuer or did_of(key),
        valid_from=SEALED,
        **options,
    )
    return text(proved(document, key))


def entry(index: int = 1, purpose: Any = "revocation") -> dict[str, Any]:
    return status_entry(URL, index, purpose)


BADGE = sealed(credentialStatus=entry())
STALE = published(valid_until=SEALED + dt.timedelta(days=30))
TOKEN_LIST = text({"not": "a list"})

CASES: dict[str, tuple[str, bytes | AccessError | None, str]] = {
    # what is at the address: (verdict, page, words)
    "not revoked": ("passed", published(), "shows no revocation"),
    "another revoked": ("passed", published(2), "shows no revocation"),
    "revoked": ("failed", published(1), "has revoked"),
    "nobody answers": ("indeterminate", AccessError("The server is away.", code="access.network"), "away"),
    "not there": ("indeterminate", None, "Nobody answers"),
    "a page": ("indeterminate", b"<html></html>", ""),
    "other JSON": ("indeterminate", b'{"@context": [], "type": "Other"}', ""),
    "list without a seal": (
        "indeterminate",
        text(status_list_credential(status_list(), list_url=URL, issuer=did_of(KEY), valid_from=SEALED)),
        "seal could not be confirmed",
    ),
    "list that was changed": (
        "indeterminate",
        published().replace(b'"revocation"', b'"suspension"'),
        "seal could not be confirmed",
    ),
    "list by somebody else": ("indeterminate", published(key=OTHER), "not sealed by the issuer"),
    "list in the issuer's name": (
        "indeterminate",
        published(key=OTHER, issuer=did_of(KEY)),
        "not sealed by the issuer",
    ),
    "stale": ("indeterminate", STALE, "valid until"),
    "list for another purpose": ("failed", published(purpose="suspension"), "another purpose"),
}


@pytest.mark.parametrize("name", CASES)
def test_status(name: str) -> None:
    expected, page, words = CASES[name]
    network = Network({} if page is None else {URL: page})
    report = check(BADGE, fetcher=network)
    one = found(report, "status")
    assert (str(one.verdict), str(report.verdict)) == (expected, expected)
    assert words in one.explanation
    assert network.asked == [URL]


def test_status_without_network_is_open_and_says_what_to_do() -> None:
    one = found(check(BADGE), "status")
    assert str(one.verdict) == "indeterminate"
    assert "Allow network access" in one.explanation


def test_no_declared_status_never_counts() -> None:
    assert verdict(check(sealed()), "status") == "not_applicable"


def test_suspension_beside_revocation() -> None:
    both = sealed(
        credentialStatus=[
            entry(),
            entry(purpose="suspension") | {"id": "urn:x:2", "statusListCredential": URL + "s"},
        ]
    )
    suspended = status_list_credential(
        status_list(1, purpose="suspension"), list_url=URL + "s", issuer=did_of(KEY), valid_from=SEALED
    )
    report = check(both, fetcher=Network({URL: published(), URL + "s": text(proved(suspended))}))
    one = found(report, "status")
    assert str(one.verdict) == "failed"
    assert one.explanation == "The issuer has suspended the credential."
    assert len(one.evidence["entries"]) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("revoked?", "failed"),
        ({"type": "BitstringStatusListEntry"}, "failed"),
        ({"type": "FutureStatus2040", "id": URL}, "indeterminate"),
        ([entry()] * 17, "failed"),
        ([], "not_applicable"),
    ],
)
def test_odd_status_entries(value: Any, expected: str) -> None:
    report = check(text(badge(credentialStatus=value)), fetcher=Network({URL: published()}))
    assert verdict(report, "status") == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"id": URL, "issuer": "x", "revokedCredential": []}, "passed"),
        (
            {"id": URL, "revokedCredential": [{"id": "urn:uuid:5f0c1d2e-0000-4000-8000-000000000001"}]},
            "failed",
        ),
        ([], "indeterminate"),
        ({}, "indeterminate"),
    ],
)
def test_revocation_list_of_1edtech(page: Any, expected: str) -> None:
    data = sealed(credentialStatus={"id": URL, "type": "1EdTechRevocationList"})
    assert verdict(check(data, fetcher=Network({URL: text(page)})), "status") == expected


def test_list_is_fetched_once_for_a_batch_and_failures_too() -> None:
    for page in ({URL: published()}, {}):
        network = Network(page)
        around = Surroundings(at=AT, fetcher=network)
        reports = list(verify_many(((str(n), BADGE) for n in range(5)), surroundings=around))
        assert len({str(one.verdict) for one in reports}) == 1
        assert network.asked == [URL]


def test_old_copy_is_fetched_anew_and_age_is_the_policys_matter() -> None:
    network, cache = Network({URL: published()}), Cache(max_age_s=60)
    check(BADGE, fetcher=network, cache=cache)
    check(BADGE, fetcher=network, cache=cache, at=AT + dt.timedelta(seconds=61))
    assert network.asked == [URL, URL]
    old = Network({URL: published()}, fetched_at=AT - dt.timedelta(hours=2))
    strict = msgspec.structs.replace(DEFAULT, name="strict", max_status_age_s=3600)
    assert verdict(check(BADGE, fetcher=old, policy=strict), "status") == "indeterminate"
    assert verdict(check(BADGE, fetcher=old), "status") == "passed"


def test_cache_is_bounded() -> None:
    pages = {f"https://x.example/{n}": b"x" * 1000 for n in range(50)}
    cache, network = Cache(max_bytes=10_000), Network(pages)
    for url in pages:
        cache.fetch(network, url, at=AT, max_bytes=2000)
    assert len(cache) == 5
    with pytest.raises(AccessError):
        cache.fetch(network, "https://x.example/none", at=AT, max_bytes=10)


def test_revoked_badge_fails_even_when_another_entry_is_open() -> None:
    both = sealed(
        credentialStatus=[
            entry(),
            {
                "id": "urn:x:1",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "suspension",
                "statusListIndex": "1",
                "statusListCredential": "https://away.example/1",
            },
        ]
    )
    report = check(both, fetcher=Network({URL: published(1)}))
    assert report.verdict is Verdict.FAILED


def test_list_sealed_with_a_withdrawn_key_is_not_believed() -> None:
    controller = did_of(WEB_KEY)
    old, new = ring().keys[0], new_key(method=f"{controller}#key-2")
    record = new_key_record(new, id="key-2", name="badges", created=SEALED)
    compromised = revoke_key(old, at=AT, compromised_at=SEALED - dt.timedelta(days=1))
    rings = (KeyRing(controller=controller, keys=(compromised, record)),)
    data = text(proved(badge(new, credentialStatus=entry()), new))
    good = check(data, key_rings=rings, fetcher=Network({URL: published(key=new)}))
    assert verdict(good, "status") == "passed"
    forged = check(data, key_rings=rings, fetcher=Network({URL: published(key=WEB_KEY)}))
    assert verdict(forged, "status") == "indeterminate"
    assert "withdrawn" in found(forged, "status").explanation
