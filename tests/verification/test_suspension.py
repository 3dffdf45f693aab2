"""Credentials that can be suspended and revoked: sealed by the library, verified against the lists that it publishes."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from tessella.issuing.publishing import seal_status_list, seal_token_status_list
from tessella.issuing.sealing import StatusEntry, seal_award
from tessella.keys import PrivateKey
from tessella.status import StatusList
from tests.issuing.support import AT, award, issuer
from tests.verification.support import Network, check, found

HELD, REVOKED, TOKEN = (f"https://twickel.example/status/1.{end}" for end in ("json", "revoked.json", "jwt"))
KEY = PrivateKey.generate("ES256")  # which every format takes
BY = msgspec.structs.replace(issuer(), badge_signer=KEY.with_verification_method(KEY.public_key.did_key_url))

FORMATS = ("openbadge", "openbadge-jwt", "openbadge-sd", "png", "svg", "attestation")

STATES = {
    "valid": (False, False, "passed", ""),
    "suspended": (False, True, "failed", "The issuer has suspended the credential."),
    "revoked": (True, False, "failed", "The issuer has revoked the credential."),
    "revoked while suspended": (True, True, "failed", "The issuer has revoked the credential."),
}
"""By what happened: is it revoked, is it suspended, the verdict, its words."""


def lists(*, is_revoked: bool, is_suspended: bool) -> tuple[int, Network]:
    """A place in the lists, and the lists as they are published."""
    held = StatusList("suspension")
    index = held.allocate()
    revoked = StatusList("revocation", bits=held.bits, taken=held.taken)
    for one, is_set in ((revoked, is_revoked), (held, is_suspended)):
        if is_set:
            one.set(index)
    pages = {
        HELD: seal_status_list(held, url=HELD, issuer=BY, at=AT),
        REVOKED: seal_status_list(revoked, url=REVOKED, issuer=BY, at=AT),
        TOKEN: seal_token_status_list(held, url=TOKEN, issuer=BY, at=AT, revocation=revoked),
    }
    return index, Network(pages, fetched_at=AT + dt.timedelta(minutes=5))


def told(format: str, index: int, network: Network) -> tuple[str, str]:
    """What verification says of the status of a copy at this place."""
    entry = StatusEntry(list_url=HELD, index=index, purpose="suspension", revocation_url=REVOKED)
    if format == "attestation":
        entry = StatusEntry(list_url=TOKEN, index=index, purpose="suspension")
    (copy,) = seal_award(
        award(),
        BY,
        formats=[format],
        at=AT,
        credential_ids={format: "urn:uuid:22222222-0000-4000-8000-000000000001"},
        statuses={format: entry},
    )
    one = found(check(copy.data, at=AT + dt.timedelta(minutes=5), fetcher=network), "status")
    return str(one.verdict), one.explanation


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("format", FORMATS)
def test_revoked_is_never_told_as_suspended(format: str, state: str) -> None:
    is_revoked, is_suspended, verdict, words = STATES[state]
    index, network = lists(is_revoked=is_revoked, is_suspended=is_suspended)
    found_verdict, explanation = told(format, index, network)
    assert (found_verdict, explanation if verdict == "failed" else "") == (verdict, words)


def test_a_suspension_that_was_lifted_is_told_no_more() -> None:
    index, network = lists(is_revoked=False, is_suspended=True)
    assert told("openbadge", index, network)[0] == "failed"
    held = StatusList("suspension")
    held.allocate(random_below=lambda _entries: index)
    held.set(index)
    held.clear(index)
    network.pages[HELD] = seal_status_list(held, url=HELD, issuer=BY, at=AT)
    assert told("openbadge", index, network)[0] == "passed"


@pytest.mark.parametrize("state", STATES)
def test_a_european_credential_tells_revocation_alone(state: str) -> None:
    is_revoked, is_suspended, _verdict, _words = STATES[state]
    index, network = lists(is_revoked=is_revoked, is_suspended=is_suspended)
    assert told("edc", index, network)[0] == ("failed" if is_revoked else "passed")
