"""The larger award: it lists its parts in every format, no part counts twice, nothing contains itself, and its proof is sealed."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from tessella.errors import InputError, StateError
from tessella.formats import stacking_proof
from tessella.issuing.proofs import seal_proof
from tessella.issuing.sealing import seal, seal_award
from tessella.keys import PrivateKey
from tessella.model import Award, AwardedPart, Learner, MicroCredential, part_of
from tessella.stacking import (
    combine,
    evaluate,
    item_data,
    item_of,
    load_rule,
    rule_data,
)
from tessella.stacking.checker import check_proof
from tessella.verdicts import Verdict
from tessella.verification import Surroundings, open_credentials, verify
from tests.issuing.support import AT, award, course, issuer

DAY = AT.date()
RULE = load_rule(
    {
        "id": "https://hanze-school.example/rules/data",
        "version": "2026",
        "title": "Certificate in responsible data",
        "receiver": "Hanze School of Twente",
        "award": "Certificate in responsible data",
        "decider": {"name": "Hanze School of Twente", "role": "examination board"},
        "source": {"text": "Study guide", "url": "https://hanze-school.example/guide"},
        "amounts": [{"id": "volume", "at_least": 5}],
    }
)


def named(number: int, title: str) -> Award:
    """An award of a micro-credential of its own."""
    made = award(number=number)
    micro = msgspec.structs.replace(course(), id=f"urn:example:mc:{number}", title={"en": title})
    return msgspec.structs.replace(made, micro_credential=micro)


FIRST, SECOND = named(1, "Data ethics"), named(2, "Data law")
CERTIFICATE: MicroCredential = msgspec.structs.replace(
    course(),
    id="urn:example:mc:certificate",
    title={"en": "Certificate in responsible data"},
    stackability=None,
)
LARGER = Award(
    id="urn:uuid:00000000-0000-4000-8000-0000000000ff",
    micro_credential=CERTIFICATE,
    learner=Learner(full_name="Ona Kazlauskienė", email="ona@post.example"),
    issued_at=AT,
    valid_from=AT,
)


def larger(**more: Any) -> Award:
    parts = {one.id: part_of(one, sha256="ab" * 32) for one in (FIRST, SECOND)}
    items = [item_of(FIRST), item_of(SECOND)]
    return combine(LARGER, RULE, items, on=DAY, decided_by="examination board", parts=parts, **more).award


def test_the_larger_award_lists_what_was_counted() -> None:
    made = larger()
    assert [(one.id, one.credential, one.title) for one in made.parts] == [
        (FIRST.id, "urn:example:mc:1", {"en": "Data ethics"}),
        (SECOND.id, "urn:example:mc:2", {"en": "Data law"}),
    ]
    assert (made.parts[0].credits[0].points, made.parts[0].eqf and made.parts[0].eqf.code) == (
        Decimal(3),
        "6",
    )
    assert made.rule is not None
    assert (made.rule.id, made.rule.decided_by, made.awarded_on) == (RULE.id, "examination board", DAY)


@pytest.mark.parametrize(
    "format",
    ["edc", "openbadge", "openbadge-jwt", "openbadge-sd", "elmo", "png", "openbadge2", "openbadge2-signed"],
)
def test_parts_come_back_from_the_file_and_cannot_count_again(format: str) -> None:
    badge = PrivateKey.generate("ES256")
    keys = msgspec.structs.replace(
        issuer(), badge_signer=badge.with_verification_method(badge.public_key.did_key_url)
    )
    data = seal(larger(), keys, format, at=AT)
    (whole,) = (item_of(one.award) for one in open_credentials(data) if one.award)
    assert {FIRST.id, SECOND.id} <= {*whole.parts}
    found = evaluate(RULE, [item_of(FIRST), item_of(SECOND), whole], on=DAY)
    kept_out = {one.item: one.rule for one in found.cannot_count}
    assert kept_out == {FIRST.id: "double-use", SECOND.id: "double-use"}


def test_an_attestation_says_that_it_has_no_place_for_parts() -> None:
    from tessella.formats import attestation

    lost = {one.record for one in attestation.losses(larger())}
    assert {"parts", "rule"} <= {one.partition("[")[0].partition(".")[0] for one in lost}


def test_without_everything_the_rule_asks_no_award_is_made() -> None:
    with pytest.raises(StateError) as caught:
        combine(LARGER, RULE, [item_of(FIRST)], on=DAY, decided_by="board")
    assert caught.value.code == "stacking.not-met"
    assert "2 ECTS" in caught.value.message


def test_somebody_decides() -> None:
    with pytest.raises(InputError) as caught:
        combine(LARGER, RULE, [item_of(FIRST), item_of(SECOND)], on=DAY, decided_by=" ")
    assert caught.value.code == "stacking.decider"


@pytest.mark.parametrize("status", ["revoked", "failed"])
def test_a_part_that_fell_is_not_listed(status: str) -> None:
    fallen = msgspec.structs.replace(item_of(FIRST), status=status)
    with pytest.raises(StateError) as caught:
        combine(LARGER, RULE, [fallen, item_of(SECOND)], on=DAY, decided_by="board")
    assert caught.value.code == "stacking.not-met"


def test_what_another_award_has_taken_is_refused() -> None:
    other = msgspec.structs.replace(larger(), id="urn:uuid:00000000-0000-4000-8000-0000000000fe")
    with pytest.raises(StateError) as caught:
        larger(others=[other])
    assert caught.value.code == "stacking.part-used"
    assert "Certificate in responsible data" in caught.value.message


def test_a_copy_under_another_id_cannot_count_again() -> None:
    copy = msgspec.structs.replace(FIRST, id="urn:uuid:00000000-0000-4000-8000-00000000cccc")
    found = evaluate(RULE, [item_of(copy), item_of(SECOND), item_of(larger())], on=DAY)
    assert {one.rule for one in found.cannot_count if one.item == copy.id} == {"double-use"}


def test_what_a_part_is_made_of_is_used_by_the_whole_of_it() -> None:
    degree = msgspec.structs.replace(
        LARGER, id="urn:uuid:degree", parts=(part_of(larger()),), micro_credential=msgspec.structs.replace(CERTIFICATE, id="urn:example:degree", title={"en": "Degree"}),
    )  # fmt: skip
    found = evaluate(RULE, [item_of(FIRST), item_of(SECOND), item_of(degree)], on=DAY)
    assert {one.item for one in found.cannot_count} == {FIRST.id, SECOND.id}


def test_a_loop_is_shown_when_awarding() -> None:
    inside = msgspec.structs.replace(FIRST, parts=(AwardedPart(id=LARGER.id, title={"en": "Certificate"}),))
    with pytest.raises(StateError) as caught:
        combine(LARGER, RULE, [item_of(inside), item_of(SECOND)], on=DAY, decided_by="board")
    assert caught.value.code == "stacking.loop"
    assert "Data ethics → Certificate in responsible data → Data ethics" in caught.value.got


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (AwardedPart(id=LARGER.id), "issuing.part-loop"),
        (AwardedPart(id="urn:x", credential=CERTIFICATE.id), "issuing.part-loop"),
        (AwardedPart(id="urn:x", contains=(LARGER.id,)), "issuing.part-loop"),
        (AwardedPart(id=FIRST.id), "issuing.part-twice"),
    ],
)
def test_no_seal_on_an_award_that_contains_itself_or_a_part_twice(part: AwardedPart, code: str) -> None:
    made = msgspec.structs.replace(larger(), parts=(*larger().parts, part))
    with pytest.raises(StateError) as caught:
        seal_award(made, issuer(), formats=["openbadge"], at=AT, credential_ids={"openbadge": "urn:x:1"})
    assert caught.value.code == code


def proved(**more: Any) -> tuple[Award, bytes]:
    combined = combine(LARGER, RULE, [item_of(FIRST), item_of(SECOND)], on=DAY, decided_by="board")
    return seal_proof(combined.award, issuer(), proof=combined.proof, rule=rule_data(RULE), at=AT, **more)


def test_the_proof_is_sealed_and_the_award_carries_its_digest() -> None:
    made, data = proved()
    report = verify(data, surroundings=Surroundings(at=AT + dt.timedelta(days=1)))
    assert (report.verdict, report.format) == (Verdict.PASSED, "stacking-proof")
    found = stacking_proof.read(json.loads(data))
    assert (found.award, found.decided_by, found.items) == (LARGER.id, "board", None)
    items = [item_data(item_of(FIRST)), item_data(item_of(SECOND))]
    assert check_proof(found.proof, found.rule, items) == ()
    assert made.rule is not None
    assert len(made.rule.proof_sha256) == 64


def test_a_sealed_proof_can_carry_what_was_known_of_the_credentials() -> None:
    items = [item_data(item_of(FIRST)), item_data(item_of(SECOND))]
    _, data = proved(items=items)
    found = stacking_proof.read(json.loads(data))
    assert check_proof(found.proof, found.rule, found.items or ()) == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"decidedBy": "somebody else"}, "seal.signature"),
        ({"rule": rule_data(RULE) | {"version": "2027"}}, "about another rule"),
        ({"decidedOn": "2026-11-21"}, "about another day"),
        ({"award": None}, "credentialSubject.award"),
    ],
)
def test_a_sealed_proof_that_was_changed_fails(change: dict[str, Any], words: str) -> None:
    document = json.loads(proved()[1])
    document["credentialSubject"] |= change
    report = verify(json.dumps(document), surroundings=Surroundings(at=AT + dt.timedelta(days=1)))
    assert report.verdict is Verdict.FAILED
    told = json.dumps([one.evidence for one in report.checks if one.verdict is Verdict.FAILED], default=str)
    failed = {one.id for one in report.checks if one.verdict is Verdict.FAILED}
    assert "seal" in failed
    assert words in told
