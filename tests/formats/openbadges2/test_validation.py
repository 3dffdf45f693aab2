"""Every rule of the table can be broken, and the official samples are judged as 1EdTech judges them."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tessella.errors import LimitError
from tessella.formats.openbadges2 import embed, link, validate
from tests.formats.openbadges2.sample import written
from tests.support import shared_json

FOLDER = "vc/1edtech/ob20"


def broken(path: str, value: Any) -> list[tuple[str, str]]:
    """Where and how the sample is wrong once the value at a path is another (None: absent)."""
    document = copy.deepcopy(written().embedded())
    node: Any = document
    *way, last = path.split(".")
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if value is None:
        del node[last]
    else:
        node[int(last) if isinstance(node, list) else last] = value
    return [(one.path, one.constraint) for one in validate(document)]


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("@context", "https://w3id.org/openbadges/v1", ("$.@context", "context")),
        ("type", "Award", ("$.type", "type")),
        ("type", [], ("$.type", "type")),
        ("id", "17", ("$.id", "kind")),
        ("recipient", None, ("$.recipient", "min")),
        ("recipient.hashed", "yes", ("$.recipient.hashed", "kind")),
        ("recipient.identity", "sha256$abc", ("$.recipient.identity", "kind")),
        ("issuedOn", "2026-06-03", ("$.issuedOn", "kind")),
        ("expires", "2020-01-01T00:00:00Z", ("$.expires", "dates")),
        ("verification.type", "Magic", ("$.verification.type", "kind")),
        ("image", "data:image/png;base64,AAAA", ("$.image", "kind")),
        ("evidence.0", {"type": "Evidence", "name": "x"}, ("$.evidence[0]", "one-of")),
        ("badge.name", ["a", "b"], ("$.badge.name", "max")),
        ("badge.image", None, ("$.badge.image", "min")),
        ("badge.criteria", "page", ("$.badge.criteria", "kind")),
        ("badge.type", "Criteria", ("$.badge.type", "class")),
        ("badge.alignment.0.targetUrl", None, ("$.badge.alignment[0].targetUrl", "min")),
        ("badge.issuer.type", "Criteria", ("$.badge.issuer.type", "class")),
        ("badge.issuer.email", None, ("$.badge.issuer.email", "min")),
        ("badge.@language", "not a tag", ("$.badge.@language", "kind")),
        ("badge.endorsement", [{"type": "Endorsement"}], ("$.badge.endorsement[0].claim", "min")),
        (
            "extensions:apply",
            {"type": ["Extension", "extensions:ApplyLink"], "url": 5},
            ("$.extensions:apply.url", "kind"),
        ),
    ],
    ids=range(22),
)
def test_each_rule_is_found_broken(path: str, value: Any, expected: tuple[str, str]) -> None:
    assert expected in broken(path, value)


def test_revoked_assertion_needs_no_more_than_that() -> None:
    document = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://harbour.example/1",
        "revoked": True,
    }
    assert validate(document) == []


def test_nesting_is_bounded() -> None:
    document: dict[str, Any] = {"type": "Profile"}
    for _ in range(30):
        document = {"type": "Profile", "endorsement": {"type": "Endorsement", "issuer": document}}
    with pytest.raises(LimitError) as caught:
        validate(document)
    assert caught.value.code == "openbadges2.depth"


CLASS_SAMPLES = (
    "assets/badge-with-data-image.json",
    "assets/badgeclass-with-complex-image.json",
    "assets/badgeclass1.json",
    "issuer-compact-iri-validation.json",
    "rdf-validation/badge-class-invalid-issuer-type.json",
    "rdf-validation/invalid-class.json",
    "rdf-validation/invalid-empty-type.json",
    "rdf-validation/invalid-one-invalid-class.json",
    "rdf-validation/valid-alignment-object.json",
    "rdf-validation/valid-badge-class-empty-criteria-type.json",
    "rdf-validation/valid-badge-class.json",
    "rdf-validation/valid-cool-class.json",
    "rdf-validation/valid-issuer-extension.json",
)


@pytest.mark.parametrize("name", CLASS_SAMPLES)
def test_official_sample_that_is_no_award_is_judged_as_expected(name: str) -> None:
    """Samples in ``rdf-validation`` are about types and leave out what a badge needs, so only types count there."""
    expected = shared_json("vc/1edtech/EXPECTED.json")[f"ob20/{name}"][0]["outcome"]
    document = shared_json(f"{FOLDER}/{name}")
    if (issuer := link(document, "issuer")).startswith("http://example.org/"):
        asset = issuer.removeprefix("http://example.org/").removesuffix(".json")
        document = embed(document, {issuer: shared_json(f"{FOLDER}/assets/{asset}.json")})
    found = validate(document)
    if name.startswith("rdf-validation/"):
        found = [one for one in found if one.constraint in ("type", "class")]
    assert ("invalid" if found else "valid") == expected
