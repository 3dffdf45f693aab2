"""SD-JWT VC in ``verify``: both serialisations, presentations, and the issuer behind the key."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import msgspec
import pytest

from tessella.issuing.sealing import seal
from tessella.keys import PrivateKey
from tessella.seals import sd_jwt
from tessella.seals.data_integrity import add_proof
from tessella.verdicts import Verdict
from tessella.verification import DEFAULT, Surroundings, verify
from tests.issuing.support import AT, award, issuer

AROUND = Surroundings(at=AT)
HOLDER = PrivateKey.generate("ES256")
ASKED = Surroundings(at=AT, challenge="n-17", audience="https://employer.example")
HOLDERS_TURN = msgspec.structs.replace(DEFAULT, required=(*DEFAULT.required, "holder"))


def token() -> str:
    return seal(award(), issuer(), "attestation", at=AT).decode()


def as_json(text: str) -> bytes:
    """The flattened JSON serialisation of the same token (RFC 9901 §8)."""
    jwt, *disclosures, _ = text.split("~")
    protected, payload, signature = jwt.split(".")
    header = {"disclosures": disclosures}
    return json.dumps(
        {"payload": payload, "protected": protected, "signature": signature, "header": header}
    ).encode()


@pytest.mark.parametrize("form", [str.encode, as_json])
def test_both_serialisations_pass(form: object) -> None:
    report = verify(form(token()), surroundings=AROUND)  # type: ignore[operator]
    assert (report.format, report.verdict) == ("attestation", Verdict.PASSED)


def test_presentation_passes_and_shows_less() -> None:
    shown = sd_jwt.present(token(), [("learning_outcomes",)])
    report = verify(shown, surroundings=AROUND)
    assert report.verdict is Verdict.PASSED
    assert "holder" not in report.subject


def test_forged_disclosure_fails() -> None:
    jwt, first, *rest = token().split("~")
    report = verify(
        "~".join((jwt, first[:-2] + ("AA" if first[-2:] != "AA" else "BB"), *rest)), surroundings=AROUND
    )
    check = report.check("seal")
    assert check is not None
    assert (report.verdict, check.verdict) == (Verdict.FAILED, Verdict.FAILED)


def test_undisclosed_issuer_key_is_indeterminate() -> None:
    made = sd_jwt.issue(
        {"vct": "urn:eu.europa.ec.eudi:learning:credential:1", "iss": "https://university.example"},
        issuer().badge_signer,  # type: ignore[arg-type]
        kid="key-1",
    )
    check = verify(made, surroundings=AROUND).check("seal")
    assert check is not None
    assert check.verdict is Verdict.INDETERMINATE


def bound() -> str:
    """An attestation bound to the holder's key, by the learner's id."""
    given = award()
    learner = msgspec.structs.replace(given.learner, id=HOLDER.public_key.did_key)
    return seal(msgspec.structs.replace(given, learner=learner), issuer(), "attestation", at=AT).decode()


def presented(**changes: object) -> str:
    asked = {"holder": HOLDER, "audience": ASKED.audience, "nonce": ASKED.challenge, "at": AT} | changes
    return sd_jwt.present(bound(), [("learning_outcomes",)], **asked)  # type: ignore[arg-type]


def holder(data: str | bytes, around: Surroundings = ASKED) -> tuple[Verdict, Verdict]:
    """The verdict of the check, and that of the whole when the holder was asked."""
    report = verify(data, policy=HOLDERS_TURN, surroundings=around)
    check = report.check("holder")
    assert check is not None
    return check.verdict, report.verdict


def test_presentation_for_the_one_who_asked_passes() -> None:
    assert holder(presented()) == (Verdict.PASSED, Verdict.PASSED)


def test_a_key_that_somebody_keeps_for_the_holder_is_reported() -> None:
    kept = presented(custodian="https://wallet.example")
    assert holder(kept) == (Verdict.PASSED, Verdict.PASSED)
    for around in (ASKED, AROUND):
        check = verify(kept, surroundings=around).check("holder")
        assert check is not None
        assert check.evidence["custodian"] == "https://wallet.example"
        assert "The key is kept by https://wallet.example on behalf of the holder" in check.explanation
    own = verify(presented(), surroundings=ASKED).check("holder")
    assert own is not None
    assert "custodian" not in own.evidence


@pytest.mark.parametrize(
    "shown",
    [
        lambda: presented(nonce="n-18"),
        lambda: presented(audience="https://other.example"),
        lambda: presented(at=AT - dt.timedelta(hours=1)),
        lambda: presented(holder=None),
        bound,
        token,
        lambda: presented()[:-3] + "AAA",
    ],
    ids=["nonce", "audience", "old", "unbound presentation", "the credential itself", "no key", "changed"],
)
def test_presentation_for_anything_else_fails(shown: Callable[[], str]) -> None:
    assert holder(shown()) == (Verdict.FAILED, Verdict.FAILED)


def test_badge_alone_is_no_presentation() -> None:
    assert holder(seal(award(), issuer(), "openbadge", at=AT)) == (Verdict.FAILED, Verdict.FAILED)


@pytest.mark.parametrize("half", [{"challenge": "n-17"}, {"audience": "https://employer.example"}])
def test_half_a_question_stays_open(half: dict[str, str]) -> None:
    assert holder(presented(), Surroundings(at=AT, **half)) == (Verdict.INDETERMINATE, Verdict.INDETERMINATE)  # type: ignore[arg-type]


def test_unasked_presentation_says_for_whom_it_was_made() -> None:
    check = verify(presented(), surroundings=AROUND).check("holder")
    assert check is not None
    assert (check.verdict, dict(check.evidence)) == (
        Verdict.INDETERMINATE,
        {"audience": ASKED.audience, "challenge": ASKED.challenge},
    )


def test_unbound_attestation_says_so() -> None:
    check = verify(token(), surroundings=AROUND).check("holder")
    assert check is not None
    assert (check.verdict, "bound to no key" in check.explanation) == (Verdict.NOT_APPLICABLE, True)


def in_presentation(shown: str, **changes: object) -> bytes:
    """In a presentation with a proof of its own, made for the one who asked."""
    document = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [
            {
                "@context": "https://www.w3.org/ns/credentials/v2",
                "type": "EnvelopedVerifiableCredential",
                "id": f"data:application/dc+sd-jwt,{shown}",
            }
        ],
    }
    wallet = PrivateKey.generate("Ed25519")
    made = add_proof(
        document, wallet.with_verification_method(wallet.public_key.did_key_url),
        cryptosuite="eddsa-rdfc-2022", created=AT, purpose="authentication",
        options={"challenge": ASKED.challenge, "domain": ASKED.audience},
    )  # fmt: skip
    return json.dumps({**made, **changes}).encode()


def test_broken_presentation_around_an_attestation_fails() -> None:
    report = verify(in_presentation(token(), holder="did:key:z6MkStranger"), surroundings=AROUND)
    check = report.check("holder")
    assert check is not None
    assert (report.verdict, check.verdict) == (Verdict.FAILED, Verdict.FAILED)


def test_key_binding_counts_for_an_attestation_in_a_presentation() -> None:
    assert holder(in_presentation(presented())) == (Verdict.PASSED, Verdict.PASSED)
    assert holder(in_presentation(bound())) == (Verdict.FAILED, Verdict.FAILED)
    assert holder(in_presentation(token())) == (Verdict.INDETERMINATE, Verdict.INDETERMINATE)


def test_content_that_does_not_fit_together_is_not_called_no_credential() -> None:
    jwt, *shown, _ = token().split("~")
    check = verify("~".join((jwt, *shown, shown[0], "")), surroundings=AROUND).check("format")
    assert check is not None
    assert "cannot be put together" in check.explanation


def test_attestation_that_lost_its_end_is_told_so() -> None:
    check = verify(token().rstrip("~"), surroundings=AROUND).check("format")
    assert check is not None
    assert (check.verdict, "was cut off" in check.explanation) == (Verdict.FAILED, True)
