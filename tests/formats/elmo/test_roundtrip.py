"""What the field map calls carried comes back as it was; what it calls lost is exactly what is missing."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import SchemaError
from tessella.formats import elmo
from tessella.formats.elmo.fieldmap import without_losses
from tessella.model import (
    Award,
    AwardStatus,
    Cost,
    Credits,
    Image,
    Learner,
    MicroCredential,
    Organisation,
    RecordType,
)
from tessella.model.fieldmap import Carried, uncovered
from tessella.vocabulary import code_list
from tests.formats.openbadges3.sample import AWARD, SEALER
from tests.formats.openbadges3.strategies import parts

AT = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)
BODY = Organisation(name={"en": "Lakeside University"}, homepage="https://www.lakeside.example/")
PDF = elmo.Attachment(content=b"%PDF-1.7 certificate", title={"en": "Certificate"})
LOGO = Image(content=b"\x89PNG\r\n\x1a\n", media_type="image/png")


def written(award: Award, **changes: Any) -> bytes:
    arguments: dict[str, Any] = {"credential_id": "urn:uuid:1", "issued_at": AT, "issuer": SEALER}
    return elmo.write(award, **(arguments | changes))


def only(data: bytes) -> elmo.ElmoRead:
    (one,) = elmo.read(data)
    return one


@st.composite
def awards(draw: st.DrawFn) -> Award:
    """Any award whose awarding body can be named."""
    award: Award = draw(parts(Award))
    micro = award.micro_credential
    bodies = tuple(
        msgspec.structs.replace(one, homepage="https://lakeside.example/") for one in micro.awarding_bodies
    )
    return msgspec.structs.replace(
        award, micro_credential=msgspec.structs.replace(micro, awarding_bodies=bodies)
    )


def test_field_map_speaks_about_every_field() -> None:
    assert uncovered(Award, elmo.FIELD_MAP) == ()


def test_class_that_stands_alone_is_an_achievement() -> None:
    """Within a course it is only a part of it."""
    kind = code_list("learning-opportunity").require("class")
    micro = MicroCredential(title={"en": "Lecture"}, type=kind)
    award = Award(micro_credential=micro, learner=Learner(given_name="Ona"), issued_at=AT)
    assert only(written(award, issuer=BODY)).award == award


@settings(max_examples=150, deadline=None)
@given(awards(), st.booleans())
def test_award_comes_back_but_for_the_declared_losses(award: Award, attached: bool) -> None:
    data = written(award, attachments=[PDF] if attached else [])
    back = only(data)
    expected = msgspec.structs.replace(without_losses(award), issued_at=AT)
    assert back.award == expected
    assert [note.code for note in back.notes] == (["elmo.attachments"] if attached else [])
    assert elmo.validate(data) == ()
    assert elmo.audit(data) == ()
    assert elmo.losses(expected) == ()


def test_losses_are_what_does_not_come_back() -> None:
    body = msgspec.structs.replace(AWARD.micro_credential.awarding_bodies[0], logo=LOGO)
    micro = msgspec.structs.replace(
        AWARD.micro_credential, awarding_bodies=(body,), cost=Cost(price=Decimal(20)), extra={"x": 1}
    )
    learner = msgspec.structs.replace(AWARD.learner, email="aino@post.example", language="fi")
    status = (AwardStatus(type="BitstringStatusListEntry", purpose="revocation"),)
    award = msgspec.structs.replace(AWARD, micro_credential=micro, learner=learner, status=status)
    assert [one.record for one in elmo.losses(award)] == [
        "learner.email",
        "learner.language",
        "status",
        "micro_credential.cost",
        "micro_credential.awarding_bodies[0].logo",
        "micro_credential.x",
    ]
    assert all(one.reason for one in elmo.losses(award))
    back = only(written(award)).award
    assert back is not None and elmo.losses(back) == ()
    assert back == msgspec.structs.replace(without_losses(award), issued_at=AT)


def test_nothing_is_carried_in_part() -> None:
    assert {rule.carried for rule in elmo.FIELD_MAP} == {Carried.FULL, Carried.NONE}


def test_plain_values_need_no_extension() -> None:
    """What ELMO's own elements bring back exactly is not said twice."""
    micro = MicroCredential(
        record_type=RecordType.ACHIEVEMENT, title={"nl": "Data"}, language="nl", awarding_bodies=()
    )
    award = Award(
        id="urn:uuid:7",
        number="7",
        micro_credential=micro,
        learner=Learner(given_name="Ona", family_name="K", birth_date=dt.date(1999, 2, 3)),
        assessed_on=dt.date(2026, 5, 20),
    )
    report = written(award, issuer=BODY)
    assert b"tessella:award>" not in report and b"tessella:learner" not in report
    assert only(report).award != award  # the body is said, so that the absence of one is an extension
    assert b"<tessella:awardingBodies/>" in report


def test_grade_of_several_results_stands_in_the_extension_only() -> None:
    results = (*AWARD.results, *AWARD.results)
    data = written(msgspec.structs.replace(AWARD, results=results))
    assert b"resultLabel" not in data
    award = only(data).award
    assert award is not None and award.results == results


def test_sealer_other_than_the_awarding_body_is_named() -> None:
    one = only(written(AWARD))
    assert (one.issuer.name["en"], one.sealer.name) == ("Lakeside University", SEALER.name)
    body = AWARD.micro_credential.awarding_bodies[0]
    assert only(written(AWARD, issuer=body)).sealer.name == body.name


def test_micro_credential_is_marked_by_its_attachment() -> None:
    data = written(AWARD, attachments=[PDF])
    assert b"<type>Micro Credential</type>" in data
    assert b"recordType" not in data
    assert b"recordType" in written(AWARD)


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "\ufffe", "\ud800"])
def test_character_that_xml_cannot_hold_is_refused(text: str) -> None:
    award = msgspec.structs.replace(AWARD, number=text)
    with pytest.raises(SchemaError) as caught:
        written(award)
    assert caught.value.code == "elmo.character"


def test_body_without_identifier_gets_the_domain_of_its_page() -> None:
    micro = msgspec.structs.replace(AWARD.micro_credential, awarding_bodies=(BODY,))
    data = written(msgspec.structs.replace(AWARD, micro_credential=micro))
    assert b'<identifier type="schac">lakeside.example</identifier>' in data


def test_body_that_cannot_be_identified_is_refused() -> None:
    body = Organisation(name={"en": "Nowhere College"})
    micro = msgspec.structs.replace(AWARD.micro_credential, awarding_bodies=(body,))
    with pytest.raises(SchemaError) as caught:
        written(msgspec.structs.replace(AWARD, micro_credential=micro))
    assert caught.value.code == "elmo.issuer"


def test_time_of_issuing_needs_a_zone() -> None:
    with pytest.raises(SchemaError) as caught:
        written(AWARD, issued_at=dt.datetime(2026, 1, 1))
    assert caught.value.code == "elmo.no-time-zone"


def test_credits_not_earned_are_told_apart_from_earned_ones() -> None:
    """ELMO has one place for both."""
    workload = AWARD.micro_credential.workload
    assert workload is not None and workload.credits
    award = msgspec.structs.replace(AWARD, credits=())
    back = only(written(award)).award
    assert back is not None
    assert (back.credits, back.micro_credential.workload) == ((), workload)
    more = msgspec.structs.replace(AWARD, credits=(Credits(points=Decimal("1.5")),))
    again = only(written(more)).award
    assert again is not None and again.credits == (Credits(points=Decimal("1.5")),)
