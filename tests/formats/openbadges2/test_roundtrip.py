"""What the field map calls carried comes back as it was; what is written is valid; what is odd does not break reading."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tessella.errors import InputError, SchemaError
from tessella.formats.openbadges2 import (
    FIELD_MAP,
    as_evidence,
    as_related,
    detect,
    embed,
    hash_identity,
    is_assertion,
    key_document,
    losses,
    read,
    recipient_matches,
    revocation_list,
    same_statement,
    validate,
)
from tessella.keys import PrivateKey, PublicKey
from tessella.model import Award, Identifier, Learner, MicroCredential, Organisation, RecordType
from tessella.model.fieldmap import Carried, uncovered
from tests.formats.openbadges2.sample import AWARD, HARBOUR, IDS, ISSUED_AT, MICRO, SITE, written

_WORDS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() != "")
_TIMES = st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2090, 1, 1), timezones=st.just(dt.UTC))


@st.composite
def awards(draw: st.DrawFn) -> Award:
    """Awards of which every field is carried."""
    language = draw(st.sampled_from(["en", "pt", "fi"]))
    title = draw(_WORDS)
    body = Organisation(
        id=IDS["issuer_id"], name={language: draw(_WORDS)}, homepage=f"{SITE}/", email="a@harbour.example"
    )
    micro = MicroCredential(
        id=IDS["badge_id"],
        record_type=RecordType.ACHIEVEMENT,
        version=draw(_WORDS),
        language=language,
        title={language: title},
        description={language: draw(_WORDS.filter(lambda text: text != title))},
        criteria={language: draw(_WORDS)},
        homepage=draw(st.sampled_from(["", f"{SITE}/courses/1"])),
        awarding_bodies=(body,),
    )
    return Award(
        id=IDS["assertion_id"],
        micro_credential=micro,
        learner=Learner(email="ines@post.example"),
        issued_at=draw(_TIMES),
        valid_until=draw(st.none() | _TIMES),
    )


@settings(max_examples=60, deadline=None)
@given(awards())
def test_award_comes_back_as_it_was_but_for_its_holder(award: Award) -> None:
    body = award.micro_credential.awarding_bodies[0]
    badge = written(award, issuer=body, issued_at=award.issued_at)
    document = json.loads(json.dumps(badge.embedded()))
    back = read(document)
    assert msgspec.structs.replace(back.award, learner=award.learner) == award
    assert (back.notes, back.hosted, back.issuer_id) == ((), True, IDS["issuer_id"])
    assert [one for one in validate(document) if one.constraint != "dates"] == []


def test_sample_comes_back_with_exactly_the_declared_losses() -> None:
    back = read(written().embedded()).award
    assert back.micro_credential == msgspec.structs.replace(
        MICRO, title={"en": "Reading the tides"}, record_type=RecordType.ACHIEVEMENT
    )
    assert (back.evidence, back.valid_until, back.issued_at) == (AWARD.evidence, AWARD.valid_until, ISSUED_AT)
    lost = {one.record for one in losses(AWARD)}
    assert lost == {
        "id",
        "learner.full_name",
        "learner.email",
        "evidence",
        "micro_credential.id",
        "micro_credential.title",
        "micro_credential.description",
        "micro_credential.criteria",
        "micro_credential.awarding_bodies",
        "micro_credential.fields",
        "micro_credential.levels",
        "micro_credential.outcomes",
    }


def test_field_map_speaks_about_every_field() -> None:
    assert uncovered(Award, FIELD_MAP) == ()
    paths = [rule.record for rule in FIELD_MAP]
    assert len(paths) == len(set(paths))
    assert [rule.record for rule in FIELD_MAP if rule.carried is not Carried.FULL and not rule.note] == []


def test_three_documents_are_valid_each_and_read_like_the_embedded_one() -> None:
    badge = written()
    parts = (badge.assertion, badge.badge_class, badge.profile)
    assert [validate(part) for part in parts] == [[], [], []]
    objects = {one["id"]: one for one in parts[1:]}
    assert read(badge.assertion, objects) == read(badge.embedded())
    assert embed(badge.assertion, objects) == badge.embedded()
    alone = read(badge.assertion)
    assert (alone.award.micro_credential.title, [one.code for one in alone.notes]) == (
        {},
        ["openbadges2.not-embedded"],
    )


def test_signed_badge_names_its_key_and_the_profile_lists_it() -> None:
    key = f"{SITE}/badges/key.json"
    badge = written(assertion_id="urn:uuid:1c1b2a1e-0000-4000-8000-000000000001", creator=key)
    assert badge.assertion["verification"] == {"type": "SignedBadge", "creator": key}
    assert badge.profile["publicKey"] == [key]
    found = read(badge.embedded())
    assert (found.hosted, found.creator) == (False, key)
    assert validate(badge.embedded()) == []


def test_key_document_holds_the_key() -> None:
    signer = PrivateKey.generate("RS256", rsa_bits=2048)
    document = key_document(f"{SITE}/key.json", IDS["issuer_id"], signer.public_jwk)
    assert PublicKey.from_pem(document["publicKeyPem"]) == signer.public_key
    assert validate(document) == []


def test_revocation_list_gives_reasons_where_there_are_any() -> None:
    document = revocation_list(
        f"{SITE}/revoked.json", IDS["issuer_id"], {"urn:x:1": "", "urn:x:2": "An error."}
    )
    assert document["revokedAssertions"] == [
        {"id": "urn:x:1"},
        {"id": "urn:x:2", "revocationReason": "An error."},
    ]


# --- the recipient -----------------------------------------------------------------------------------


def test_recipient_is_hashed_with_the_salt_and_found_again() -> None:
    recipient = written().assertion["recipient"]
    assert recipient == {
        "type": "email",
        "hashed": True,
        "salt": "k3-w9-salt",
        "identity": hash_identity("ines@post.example", "k3-w9-salt"),
    }
    assert recipient_matches(recipient, "Ines@Post.example")
    assert not recipient_matches(recipient, "other@post.example")
    assert not recipient_matches({**recipient, "salt": "other"}, "ines@post.example")


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ({"type": "email", "hashed": False, "identity": "a@b.example"}, True),
        ({"type": "email", "hashed": True, "identity": "md5$a4fe1a33e0d5a7b1f3f0a7f0f0a7f0f0"}, False),
        ({"type": "email", "hashed": True, "identity": "crc32$00"}, False),
        ({"type": "email", "hashed": True, "identity": 7}, False),
        ({}, False),
    ],
    ids=["plain", "another hash", "unknown algorithm", "no text", "empty"],
)
def test_recipient_matches(recipient: dict[str, Any], expected: bool) -> None:
    assert recipient_matches(recipient, "a@b.example") is expected


def test_hashed_recipient_is_written_again_as_it_is() -> None:
    badge = written()
    again = written(read(badge.embedded()).award, salt="")
    assert again.assertion["recipient"] == badge.assertion["recipient"]


@pytest.mark.parametrize(
    ("learner", "expected"),
    [
        (Learner(id="did:key:z1"), "id"),
        (Learner(identifiers=(Identifier(value="42", scheme="telephone"),)), "telephone"),
    ],
    ids=["id", "identifier"],
)
def test_learner_without_address_is_named_by_what_there_is(learner: Learner, expected: str) -> None:
    badge = written(msgspec.structs.replace(AWARD, learner=learner))
    assert badge.assertion["recipient"]["type"] == expected


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ({"type": "email", "hashed": False, "identity": "a@b.example"}, Learner(email="a@b.example")),
        ({"type": "url", "hashed": False, "identity": "https://a.example"}, Learner(id="https://a.example")),
        (
            {"type": "telephone", "hashed": False, "identity": "42"},
            Learner(identifiers=(Identifier(value="42", scheme="telephone"),)),
        ),
        ({}, Learner()),
    ],
    ids=["email", "url", "telephone", "none"],
)
def test_plain_recipient_is_read(recipient: dict[str, Any], expected: Learner) -> None:
    assert read(written().assertion | {"recipient": recipient}).award.learner == expected


# --- what cannot be written, and what is odd ---------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"salt": "short"}, "openbadges2.salt"),
        ({"image": b"GIF89a"}, "openbadges2.image"),
        ({"assertion_id": "17"}, "openbadges2.not-a-uri"),
        ({"issued_at": dt.datetime(2026, 1, 1)}, "openbadges2.no-time-zone"),
        ({"issuer": msgspec.structs.replace(HARBOUR, email="")}, "openbadges2.issuer"),
        ({"award": msgspec.structs.replace(AWARD, learner=Learner())}, "openbadges2.no-recipient"),
        (
            {
                "award": msgspec.structs.replace(
                    AWARD, micro_credential=msgspec.structs.replace(MICRO, title={})
                )
            },
            "openbadges2.no-title",
        ),
    ],
    ids=["salt", "image", "uri", "time", "issuer", "recipient", "title"],
)
def test_what_a_badge_needs_is_demanded(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        written(**changes)
    assert (caught.value.code, bool(caught.value.hint)) == (code, True)


def test_only_assertions_are_read() -> None:
    badge = written()
    assert [detect(one) for one in (badge.assertion, badge.badge_class, badge.profile)] == [True] * 3
    assert [is_assertion(one) for one in (badge.assertion, badge.badge_class, badge.profile)] == [
        True,
        False,
        False,
    ]
    with pytest.raises(SchemaError) as caught:
        read(badge.badge_class)
    assert caught.value.code == "openbadges2.type"


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["id", "recipient", "badge", "issuedOn", "expires", "verification", "evidence", "type"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "type", "name", "issuer", "identity", "hashed", "criteria", "alignment"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    ),
)
def test_no_value_of_any_shape_breaks_reading_or_validation(member: str, value: Any) -> None:
    document = written().embedded() | {member: value}
    validate(document)
    if is_assertion(document):
        read(document)


@pytest.mark.parametrize(
    ("said", "source", "expected"),
    [
        ("https://a.example/1", {"id": "https://a.example/1", "name": "x"}, True),
        ({"id": "https://a.example/1", "name": "x"}, "https://a.example/1", False),
        (["https://a.example/1"], "https://a.example/1", True),
        ({"id": "x:1", "name": "a"}, {"id": "x:1", "name": "b"}, False),
        ({"id": "x:1"}, {"id": "x:1", "name": "b"}, False),
        (True, 1, False),
        (["a", "b"], ["a"], False),
    ],
    ids=range(7),
)
def test_same_statement(said: Any, source: Any, expected: bool) -> None:
    assert same_statement(said, source) is expected


def test_upgrade_to_version_3_points_back() -> None:
    assert as_related("https://a.example/badge")["version"] == "Open Badges v2p0"
    assert as_evidence("https://a.example/1") == {
        "id": "https://a.example/1",
        "type": ["Evidence", "https://w3id.org/openbadges#Assertion"],
    }
