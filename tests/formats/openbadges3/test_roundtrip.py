"""What the field map calls carried comes back as it was, and everything written is signed."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld

from tessella.canonical import canonicalize, default_contexts
from tessella.formats.openbadges3 import (
    EXTENSION_CONTEXT_URL,
    FIELD_MAP,
    detect,
    extension_context,
    losses,
    read,
    validate,
    write,
)
from tessella.model import Award, Credits, Image, Learner, Organisation, Place, Workload
from tessella.model.fieldmap import Carried, uncovered
from tests.formats.openbadges3.sample import AWARD, ISSUED_AT, LAKESIDE, SEALER, with_micro, written
from tests.formats.openbadges3.strategies import awards

CONTEXTS = default_contexts().with_context(EXTENSION_CONTEXT_URL, extension_context())


def written_plain(award: Award, **changes: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {"credential_id": award.id, "issued_at": ISSUED_AT, "issuer": SEALER}
    document = write(award, issuer_id="did:web:seals.example", recipient="plain", **(arguments | changes))
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]


@settings(max_examples=150, deadline=None)
@given(awards())
def test_award_comes_back_as_it_was(award: Award) -> None:
    document = written_plain(award)
    back = read(document)
    assert back.award == msgspec.structs.replace(award, issued_at=ISSUED_AT)
    assert back.notes == ()
    assert detect(document) and validate(document) == []


@settings(max_examples=60, deadline=None)
@given(awards())
def test_every_term_is_defined_by_the_contexts(award: Award) -> None:
    canonicalize(written_plain(award), contexts=CONTEXTS)


def test_every_statement_of_the_sample_is_signed() -> None:
    quads = canonicalize(written(), contexts=CONTEXTS).decode()
    for stated in (
        "67.5",
        "Arvioi datan käyttöä",
        "marked-assignment",
        "ESG 2015",
        "Northern Agency",
        "lo-2",
    ):
        assert stated in quads
    assert '"67.5"^^<http://www.w3.org/2001/XMLSchema#decimal>' in quads
    assert '"Dataetiikka käytännössä"@fi' in quads


@settings(max_examples=15, deadline=None)
@given(awards())
def test_another_json_ld_library_reads_the_same_statements(award: Award) -> None:
    """PyLD, which compiles nothing, with the same contexts."""

    def load(url: str, options: Any) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": CONTEXTS.document(url)}

    document = written_plain(award)
    options = {"format": "application/n-quads", "documentLoader": load, "algorithm": "URDNA2015"}
    assert canonicalize(document, contexts=CONTEXTS).decode() == jsonld.normalize(document, options)


def test_award_keeps_its_own_id_beside_the_badges() -> None:
    document = written(credential_id="urn:uuid:5a1f0c3e-7a55-4b8e-9b1d-0f0d6c1f2e03")
    assert document["credentialSubject"]["awardId"] == AWARD.id
    assert (read(document).award.id, read(document).credential.id) == (AWARD.id, document["id"])
    assert "awardId" not in written()["credentialSubject"]


def test_own_validity_and_issue_date_are_kept_apart() -> None:
    later = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    document = written(msgspec.structs.replace(AWARD, valid_from=later))
    assert document["validFrom"] == "2026-09-01T00:00:00Z"
    award = read(document).award
    assert (award.valid_from, award.issued_at) == (later, ISSUED_AT)


def test_criteria_equal_to_the_composed_ones_come_back_as_they_were() -> None:
    text = {"en": "The report names the interests at stake and weighs them."}
    assert read(written(with_micro(criteria=text))).award.micro_credential.criteria == text
    assert read(written()).award.micro_credential.criteria == {}


def test_exact_credits_come_back_exactly() -> None:
    """The standard's own number is a float."""
    workload = Workload(credits=(Credits(points=Decimal("12345678901234567.25")),))
    back = read(written(with_micro(workload=workload)))
    assert (back.award.micro_credential.workload, back.notes) == (workload, ())


def test_description_equal_to_the_title_comes_back_as_it_was() -> None:
    text = {"en": "Data ethics in practice"}
    assert read(written(with_micro(description=text))).award.micro_credential.description == text
    assert read(written(with_micro(description={}))).award.micro_credential.description == {}


def test_awarding_body_that_issues_comes_back_with_its_logo() -> None:
    body = Organisation(
        id="did:web:lakeside.example",
        name={"en": "Lakeside University"},
        places=(Place(region="Kainuu"),),
        logo=Image(content=b"\x89PNG", media_type="image/png"),
    )
    back = read(written(with_micro(awarding_bodies=(body,)), issuer=body, issuer_id=body.id))
    assert back.award.micro_credential.awarding_bodies == (body,)
    assert (back.issuer, back.issuer_id) == (body, body.id)


def test_named_learner_comes_back_with_hashed_identifiers() -> None:
    learner = read(written()).award.learner
    assert (learner.full_name, learner.given_name, learner.family_name) == (
        "Aino Esimerkki",
        "Aino",
        "Esimerkki",
    )
    assert [(one.scheme, one.extra) for one in learner.identifiers] == [
        ("emailAddress", {"hashed": True, "salt": "kfj38dhs"}),
        ("esi", {"hashed": True, "salt": "kfj38dhs"}),
    ]


def test_hashed_identifiers_are_written_again_as_they_are() -> None:
    document = written()
    again = written(read(document).award, salt="")
    assert again["credentialSubject"]["identifier"] == document["credentialSubject"]["identifier"]


def test_field_map_speaks_about_every_field() -> None:
    assert uncovered(Award, FIELD_MAP) == ()
    paths = [rule.record for rule in FIELD_MAP]
    assert len(paths) == len(set(paths))
    assert [rule.record for rule in FIELD_MAP if rule.carried is not Carried.FULL and not rule.note] == []


@settings(max_examples=60, deadline=None)
@given(awards(), st.sampled_from(["named", "plain"]))
def test_what_is_not_listed_as_lost_is_not_lost(award: Award, recipient: str) -> None:
    full = {rule.record for rule in FIELD_MAP if rule.carried is Carried.FULL and "." not in rule.record}
    back = read(written(award, recipient=recipient, salt="12345678", credential_id=award.id)).award
    for name in full - {"issued_at"}:
        assert getattr(back, name) == getattr(award, name)
    for name in ("full_name", "given_name", "family_name", "latin_name"):
        assert getattr(back.learner, name) == getattr(award.learner, name)


def test_losses_depend_on_how_the_recipient_is_named() -> None:
    lost = {
        recipient: [loss.record for loss in losses(AWARD, recipient=recipient)]
        for recipient in ("named", "plain", "identifier")
    }
    assert lost["named"] == [
        "learner.email",
        "learner.identifiers",
        "learner.national_id",
        "learner.birth_date",
    ]
    assert lost["plain"] == ["learner.identifiers", "learner.national_id"]
    assert lost["identifier"][:3] == ["learner.full_name", "learner.given_name", "learner.family_name"]


def test_losses_name_what_is_left_out() -> None:
    award = msgspec.structs.replace(
        with_micro(
            providers=(msgspec.structs.replace(LAKESIDE, logo=Image(content=b"x", media_type="image/png")),)
        ),
        learner=Learner(full_name="Aino", gender="female", extra={"shoe size": 38}),
    )
    assert [(loss.record, bool(loss.reason)) for loss in losses(award)] == [
        ("learner.gender", True),
        ("micro_credential.providers[0].logo", True),
        ("learner.shoe size", True),
    ]
