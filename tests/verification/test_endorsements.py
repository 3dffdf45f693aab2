"""What a badge links or brings along: endorsements, verified each and told apart by whether they hold, and newer copies."""

from __future__ import annotations

from typing import Any

import pytest

from tessella.seals.jose import sign_vc_jwt
from tests.verification.support import CONTEXTS, KEY, OTHER, badge, check, did_of, found, proved, sealed, text


def endorsement(**changes: Any) -> dict[str, Any]:
    return {
        "@context": list(CONTEXTS),
        "id": "urn:uuid:5f0c1d2e-0000-4000-8000-00000000000e",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": did_of(OTHER), "type": ["Profile"], "name": "Wine Guild"},
        "validFrom": "2026-06-01T09:00:00Z",
        "credentialSubject": {
            "id": "https://ribeira.example/achievements/water",
            "type": ["EndorsementSubject"],
        },
        **changes,
    }


def audited(**members: Any) -> tuple[str, str, tuple[str, ...]]:
    report = check(sealed(**members))
    audit = found(report, "audit")
    return str(report.verdict), str(audit.verdict), audit.notes


def test_endorsement_that_holds_is_told() -> None:
    assert audited(endorsement=[proved(endorsement(), OTHER)]) == (
        "passed", "passed", ("It is endorsed by Wine Guild ($.endorsement[0]); the endorsement was verified.",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "made",
    [
        lambda: {**proved(endorsement(), OTHER), "validFrom": "2026-06-02T09:00:00Z"},
        lambda: proved(endorsement(), KEY),
        lambda: proved(endorsement(validUntil="2026-07-01T00:00:00Z"), OTHER),
        endorsement,
    ],
    ids=["changed", "in another's name", "expired", "no seal"],
)
def test_endorsement_that_does_not_hold_is_doubtful_and_the_badge_holds(made: Any) -> None:
    verdict, audit, notes = audited(endorsement=[made()])
    assert (verdict, audit) == ("passed", "indeterminate")
    assert notes[0].startswith("The endorsement by Wine Guild ($.endorsement[0]) does not hold: ")


def test_endorsement_as_token_and_of_the_achievement_are_found() -> None:
    document = badge()
    document["credentialSubject"]["achievement"]["endorsement"] = [proved(endorsement(), OTHER)]
    document["endorsementJwt"] = [sign_vc_jwt(endorsement(), OTHER)]
    notes = found(check(sign_vc_jwt(document, KEY)), "audit").notes
    assert [note.partition("(")[2].partition(")")[0] for note in notes if "verified" in note] == [
        "$.endorsementJwt[0]", "$.credentialSubject.achievement.endorsement[0]",
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["x", 1, None, {}, []])
def test_what_is_no_endorsement_never_raises(value: Any) -> None:
    assert str(found(check(text({**badge(), "endorsement": [value]})), "audit").verdict) == "indeterminate"


def test_newer_copy_that_the_issuer_may_offer_is_named() -> None:
    url = "https://ribeira.example/refresh/1"
    report = check(sealed(refreshService={"id": url, "type": "1EdTechCredentialRefresh"}))
    assert (
        f"Its issuer may offer a newer copy at {url}; it was not asked for." in found(report, "format").notes
    )
