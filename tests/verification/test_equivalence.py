"""One award in every format is never contradictory, and a changed claim is always found."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tessella.canonical import claims
from tessella.errors import InputError, SchemaError
from tessella.formats import attestation, openbadges2, openbadges3
from tessella.issuing.sealing import FORMATS, seal
from tessella.model import Award, AwardedPart, Identifier, Learner, Outcome
from tessella.seals import sd_jwt
from tessella.verification import FORMATS as READ
from tessella.verification import Answer, Opened, equivalence, read_credential
from tessella.verification._agreement import agree
from tessella.verification._projections import speech_of
from tests.issuing.support import AT, award, issuer
from tests.verification.renderings import awards, changes, copies, every

_slow = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # an example takes too long to shrink it
)
QUICK, LONG = settings(_slow, max_examples=6), settings(_slow, max_examples=150)

AWARD = award("Ελένη Παπαδοπούλου")
"""The award of the bundled example."""


def contradictions(left: Opened, right: Opened) -> list[tuple[str, Any]]:
    return [
        (claim.path, claim.differs)
        for element in equivalence(left, right).elements
        for claim in element.claims
        if claim.answer is Answer.CONTRADICTORY
    ]


def badge(made: Award, **changed: Any) -> Opened:
    """An Open Badge without seal."""
    arguments: dict[str, Any] = {
        "credential_id": "urn:uuid:9d1c3f0a-0000-4000-8000-000000000001",
        "issued_at": AT,
        "issuer": made.micro_credential.awarding_bodies[0],
        "issuer_id": "did:web:twickel.example",
        "salt": "a salt of its own",
    }
    return read_credential(msgspec.json.encode(openbadges3.write(made, **(arguments | changed))))


def with_learner(**changed: Any) -> Award:
    return msgspec.structs.replace(AWARD, learner=msgspec.structs.replace(AWARD.learner, **changed))


def with_micro(**changed: Any) -> Award:
    return msgspec.structs.replace(
        AWARD, micro_credential=msgspec.structs.replace(AWARD.micro_credential, **changed)
    )


# --- the promise -------------------------------------------------------------------------------------------


def test_example_in_every_format_is_never_contradictory() -> None:
    made = every(AWARD, slow=True)
    assert set(FORMATS) <= set(made)
    for one, other in itertools.permutations(made, 2):
        assert contradictions(made[one], made[other]) == [], (one, other)
        assert equivalence(made[one], made[other]).answer is Answer.EQUAL


def _never_contradictory(made: Award) -> None:
    for one, other in itertools.permutations(every(made).values(), 2):
        assert contradictions(one, other) == []


def _change_is_found(made: Award, changed: Award) -> None:
    before = every(made)
    try:
        after = every(changed)
    except SchemaError:  # the changed award cannot be written
        assume(False)
    seen = {name: _changes(before[name], after[name]) for name in before}
    for one, other in itertools.product(seen, repeat=2):
        if seen[one] & seen[other]:
            assert equivalence(before[one], after[other]).answer is Answer.CONTRADICTORY, (one, other)


def _changed(data: st.DataObject, made: Award) -> Award:
    """Not whether an outcome is required: an attestation lists those that were reached, so that it then says less, not something else."""
    path, changed = data.draw(changes(made))
    assume(not path.endswith(".required"))
    return changed


_COPY = ("id", "issued_at", "learner.id", "learner.identifiers")
_ADDRESS = "micro_credential.id"


def _changes(before: Opened, after: Opened) -> set[str]:
    """The claims in which a copy says something else: not what each copy has of its own, not hashes, not less."""
    left, right = (claims(one.award) for one in (before, after) if one.award)
    own = (*_COPY, *([_ADDRESS] if before.format == "openbadges2" else []))
    return {path for path in left.keys() & right.keys() if agree(left[path], right[path]).different} - {*own}


def test_a_part_that_has_another_title_is_found_beside_a_badge_that_links_its_class() -> None:
    micro = msgspec.structs.replace(AWARD.micro_credential, language="el")
    before, after = (
        every(
            msgspec.structs.replace(
                AWARD,
                micro_credential=micro,
                parts=(
                    AwardedPart(
                        id="urn:example:p",
                        title={"ar": title, "uk": "Зб"},
                        awarded_by=AWARD.micro_credential.awarding_bodies,
                    ),
                ),
            )
        )
        for title in ("ab", "abc")
    )
    for one, other in itertools.permutations(("edc", "openbadge", "openbadge2", "openbadges2"), 2):
        assert equivalence(before[one], after[other]).answer is Answer.CONTRADICTORY, (one, other)


@QUICK
@given(awards())
def test_award_in_every_format_is_never_contradictory(made: Award) -> None:
    _never_contradictory(made)


@QUICK
@given(st.data())
def test_one_changed_claim_is_found_by_all_that_carry_it(data: st.DataObject) -> None:
    made = data.draw(awards())
    _change_is_found(made, _changed(data, made))


@pytest.mark.vectors
@LONG
@given(awards())
def test_many_awards_in_every_format_are_never_contradictory(made: Award) -> None:
    _never_contradictory(made)


@pytest.mark.vectors
@LONG
@given(st.data())
def test_many_changed_claims_are_found_by_all_that_carry_them(data: st.DataObject) -> None:
    made = data.draw(awards())
    _change_is_found(made, _changed(data, made))


def test_every_format_that_is_read_has_a_field_map_here() -> None:
    for one in READ:
        if one.id in ("verification-report", "stacking-proof"):  # about a credential, none itself
            continue
        assert speech_of(one.id, {"vct": attestation.EUDI.vct}).field_map, one.id


# --- answers -----------------------------------------------------------------------------------------------


def test_answer_names_values_and_reasons() -> None:
    made = copies(AWARD, ["edc", "attestation"])
    changed = copies(with_micro(title={"en": "Another title"}), ["attestation"])
    found = equivalence(made["edc"], changed["attestation"])
    assert found.answer is Answer.CONTRADICTORY
    (title,) = found.of(Answer.CONTRADICTORY)
    (claim,) = [one for one in title.claims if one.answer is Answer.CONTRADICTORY]
    assert (title.element, claim.path) == ("title", "micro_credential.title")
    assert claim.left == AWARD.micro_credential.title
    assert claim.right == {"en": "Another title"}
    assert (found.left.format, found.right.format, found.seals_checked) == ("edc", "attestation", False)


def test_what_a_format_has_no_place_for_is_not_carried_with_its_reason() -> None:
    made = copies(AWARD, ["edc", "attestation"])
    found = equivalence(made["edc"], made["attestation"])
    types = [
        claim
        for element in found.elements
        for claim in element.claims
        if claim.path == "micro_credential.further_information"
    ]
    assert [(one.answer, one.missing_in, one.reason) for one in types] == [
        (Answer.NOT_CARRIED, "right", "The attestation has no claim for it.")
    ]


def test_what_was_left_out_is_not_carried_and_said_to_be_possible() -> None:
    found = equivalence(badge(AWARD), badge(with_micro(outcomes=())))
    outcomes = next(one for one in found.elements if one.element == "learning-outcomes")
    assert [(one.missing_in, one.reason) for one in outcomes.claims] == [
        ("right", "Left out: the format could carry it.")
    ]


def test_two_awards_that_share_nothing_cannot_be_compared() -> None:
    hosted = {
        "@context": openbadges2.CONTEXT,
        "type": "Assertion",
        "id": "https://a.example/1",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$00", "salt": "x"},
        "badge": "https://a.example/class",
        "verification": {"type": "HostedBadge"},
    }
    other = copies(msgspec.structs.replace(AWARD, awarded_on=None), ["attestation"])["attestation"]
    assert equivalence(read_credential(msgspec.json.encode(hosted)), other).answer is Answer.NOT_CARRIED


def test_a_file_without_award_is_refused() -> None:
    endorsement = badge(AWARD)
    nothing = msgspec.structs.replace(endorsement, award=None, problem=None)
    with pytest.raises(InputError) as caught:
        equivalence(nothing, endorsement)
    assert caught.value.code == "equivalence.no-award"


def test_copies_made_on_different_days_agree() -> None:
    later = badge(AWARD, issued_at=AT + dt.timedelta(days=30), credential_id="urn:uuid:2")
    found = equivalence(badge(AWARD), later)
    assert found.answer is Answer.EQUAL
    assert [fact.fact for fact in found.copies] == ["issued_at"]


def test_digests_that_a_file_carries_are_no_claims() -> None:
    document = openbadges3.write(
        AWARD,
        credential_id="urn:uuid:1",
        issued_at=AT,
        issuer=AWARD.micro_credential.awarding_bodies[0],
        issuer_id="did:web:twickel.example",
        salt="a salt of its own",
    )
    document["credentialSubject"]["achievement"]["claimDigest"] = "sha256-" + "0" * 43
    forged = read_credential(msgspec.json.encode(document))
    assert contradictions(forged, badge(AWARD)) == []


# --- lists and texts ---------------------------------------------------------------------------------------


def test_order_and_unicode_form_do_not_count() -> None:
    outcomes = (Outcome(id="a", title={"EN": "Cafe\u0301"}), Outcome(id="b", title={"en": "Reads"}))
    turned = (outcomes[1], Outcome(id="a", title={"en": "Café"}))
    assert contradictions(badge(with_micro(outcomes=outcomes)), badge(with_micro(outcomes=turned))) == []


@pytest.mark.parametrize("side", [0, 1])
def test_one_outcome_more_or_less_is_a_contradiction(side: int) -> None:
    outcomes = (Outcome(id="a", title={"en": "Sees"}), Outcome(id="b", title={"en": "Reads"}))
    pair = [badge(with_micro(outcomes=outcomes)), badge(with_micro(outcomes=outcomes[:1]))]
    assert [path for path, _ in contradictions(pair[side], pair[1 - side])] == ["micro_credential.outcomes"]


def test_texts_without_a_common_language_cannot_be_compared() -> None:
    found = equivalence(
        badge(with_micro(relevance={"en": "Useful"})), badge(with_micro(relevance={"nl": "Nuttig"}))
    )
    (claim,) = [one for e in found.elements for one in e.claims if one.path == "micro_credential.relevance"]
    assert (claim.answer, claim.missing_in) == (Answer.NOT_CARRIED, "both")


# --- presentations -----------------------------------------------------------------------------------------


def _presented(*shown: tuple[str | int | None, ...]) -> Opened:
    token = sd_jwt.parse(seal(AWARD, issuer(), "attestation", at=AT))
    return read_credential(sd_jwt.present(token, list(shown)).encode())


def test_withheld_claims_are_not_carried() -> None:
    whole = copies(AWARD, ["edc"])["edc"]
    found = equivalence(whole, _presented(("family_name",)))
    assert found.answer is Answer.EQUAL
    outcomes = next(one for one in found.elements if one.element == "learning-outcomes")
    assert outcomes.answer is Answer.NOT_CARRIED


# --- identities --------------------------------------------------------------------------------------------


def test_hashed_address_is_compared_with_the_plain_one() -> None:
    plain, hashed = copies(AWARD, ["edc"])["edc"], badge(AWARD)
    learner = next(one for one in equivalence(plain, hashed).elements if one.element == "learner")
    assert [(one.path, one.answer) for one in learner.claims if one.path == "learner.email"] == [
        ("learner.email", Answer.EQUAL)
    ]


def test_hash_of_another_address_is_a_contradiction() -> None:
    plain = copies(AWARD, ["edc"])["edc"]
    other = badge(with_learner(email="somebody@example.org"))
    assert [path for path, _ in contradictions(plain, other)] == ["learner.email"]


def test_hashed_numbers_are_compared_with_plain_ones() -> None:
    number, other = Identifier(value="S-1"), Identifier(value="S-2")
    plain = copies(with_learner(identifiers=(number,)), ["edc"])["edc"]
    assert contradictions(plain, badge(with_learner(identifiers=(number,)))) == []
    found = contradictions(plain, badge(with_learner(identifiers=(other,))))
    assert [path for path, _ in found] == ["learner.identifiers"]


def test_two_hashes_with_different_salts_cannot_be_compared() -> None:
    nameless = with_learner(full_name="")
    found = equivalence(badge(nameless), badge(nameless, salt="quite another salt"))
    (learner,) = [one for one in found.elements if one.element == "learner"]
    assert (learner.answer, found.answer, found.same_learner) == (Answer.NOT_CARRIED, Answer.EQUAL, False)
    assert equivalence(badge(AWARD), badge(AWARD, salt="quite another salt")).same_learner


def test_pseudonym_of_one_copy_is_not_held_against_another() -> None:
    nameless = msgspec.structs.replace(AWARD, learner=Learner(full_name="Ada Voorbeeld"))
    first, second = (copies(nameless, ["attestation"])["attestation"] for _ in range(2))
    assert contradictions(first, second) == []
