"""Policies are data; an empty one is an error, since empty is not success."""

from __future__ import annotations

from typing import Any

import pytest

from tessella.errors import ConfigError, VerificationError
from tessella.issuing.sealing import seal
from tessella.verdicts import Verdict
from tessella.verification import (
    CHECK_IDS,
    DEFAULT,
    FORMATS,
    FULL,
    POLICIES,
    PROOF_ONLY,
    Policy,
    Surroundings,
    verify,
)
from tessella.verification.policy import FORMAT_IDS
from tests.issuing.support import AT as SEALED_AT
from tests.issuing.support import award, issuer
from tests.verification.support import AT, KEY, badge, check, new_key, proved, sealed, text, verdict


def test_built_in_policies_are_found_by_name() -> None:
    assert dict(POLICIES) == {"default": DEFAULT, "proof-only": PROOF_ONLY, "full": FULL}
    assert DEFAULT.required == ("format", "seal", "binding", "key-status", "validity", "status")
    assert DEFAULT.required_on("edc") == (*DEFAULT.required, "trust")
    assert DEFAULT.required_on("openbadges3") == DEFAULT.required


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"name": "x", "required": []}, "$.required"),
        ({"name": "x"}, "$"),
        ({"required": ["seal"]}, "$"),
        ({"name": "x", "required": ["seal", "seel"]}, "$.required[1]"),
        ({"name": "x", "required": ["seal"], "required_for": {"edc": ["trusty"]}}, "$.required_for.edc[0]"),
        (
            {"name": "x", "required": ["seal"], "required_for": {"europass": ["trust"]}},
            "$.required_for.europass",
        ),
        ({"name": "x", "required": "seal"}, "$.required"),
        ({"name": "x", "required": ["seal", 5]}, "$.required[1]"),
        ({"name": "x", "required": ["seal"], "requird": ["format"]}, "$"),
        ({"name": "x", "required": ["seal"], "algorithms": []}, "$.algorithms"),
        ({"name": "x", "required": ["seal"], "algorithms": ["HS256"]}, "$.algorithms[0]"),
        ({"name": "x", "required": ["seal"], "refused_algorithms": ["none"]}, "$.refused_algorithms[0]"),
        (
            {"name": "x", "required": ["seal"], "algorithms": ["ES256"], "refused_algorithms": ["ES256"]},
            "$.algorithms",
        ),
        ({"name": "x", "required": ["seal"], "key_only": "perhaps"}, "$.key_only"),
        ({"name": "x", "required": ["seal"], "max_status_age_s": -1}, "$.max_status_age_s"),
    ],
)
def test_faulty_policy_is_refused_with_the_place(data: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Policy.from_mapping(data)
    assert (caught.value.code, caught.value.place) == ("config.policy", place)


def test_misspelt_names_are_put_right() -> None:
    for data, meant in (
        ({"name": "x", "required": ["bindung"]}, "binding"),
        ({"name": "x", "requird": ["seal"]}, "required"),
    ):
        with pytest.raises(ConfigError) as caught:
            Policy.from_mapping(data)
        assert f"Perhaps “{meant}” is meant" in caught.value.hint


def test_formats_of_policies_are_those_that_are_read() -> None:
    assert sorted(FORMAT_IDS) == sorted(one.id for one in FORMATS)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"refused_algorithms": ["Ed25519"]}, "failed"),
        ({"refused_algorithms": ["RS256"]}, "passed"),
        ({"algorithms": ["Ed25519", "ES256"], "refused_algorithms": ["ES256"]}, "passed"),
        ({"algorithms": ["ES256"]}, "failed"),
    ],
)
def test_policy_accepts_and_refuses_algorithms(policy: dict[str, Any], expected: str) -> None:
    ours = Policy.from_mapping({"name": "ours", "required": ["seal"]} | policy)
    assert verdict(check(sealed(), policy=ours), "seal") == expected


def test_policy_from_a_file_decides() -> None:
    lenient = Policy.from_mapping({"name": "ours", "required": ["seal", "format"], "inform": False})
    report = check(sealed(validUntil="2026-07-02T00:00:00Z"), policy=lenient)
    assert report.verdict is Verdict.PASSED
    assert [one.id for one in report.checks] == ["format", "seal"]
    assert report.policy == "ours"


def test_proof_only_looks_at_the_seal_alone() -> None:
    report = check(sealed(), policy=PROOF_ONLY)
    assert [(one.id, str(one.verdict), one.required) for one in report.checks] == [("seal", "passed", True)]
    assert report.verdict is Verdict.PASSED


def test_default_runs_every_check_and_only_some_decide() -> None:
    report = check(sealed())
    assert (*(one.id for one in report.checks), "page") == CHECK_IDS  # there is no page around it
    assert {one.id for one in report.checks if one.required} == set(DEFAULT.required)
    assert report.verdict is Verdict.PASSED


def test_full_policy_demands_trust_and_completeness() -> None:
    report = check(sealed(), policy=FULL)
    assert report.verdict is Verdict.INDETERMINATE
    with pytest.raises(VerificationError) as caught:
        report.require()
    assert caught.value.code == "verification.indeterminate"


def test_algorithm_outside_the_policy_fails() -> None:
    key = new_key("ES256")
    data = text(proved(badge(key), key, cryptosuite="ecdsa-rdfc-2019"))
    only = Policy(name="x", required=("seal",), algorithms=("Ed25519",))
    assert verdict(check(data, policy=only), "seal") == "failed"
    assert verdict(check(sealed(), policy=only), "seal") == "passed"


@pytest.mark.parametrize("wanted", ["failed", "indeterminate", "passed"])
def test_policy_says_what_a_key_alone_is_worth(wanted: str) -> None:
    document = badge(issuer={"id": "https://ribeira.example/about", "type": ["Profile"], "name": "R"})
    policy = Policy.from_mapping({"name": "x", "required": ["binding"], "key_only": wanted})
    assert str(check(text(proved(document, KEY)), policy=policy).verdict) == wanted


def test_time_without_zone_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        Surroundings(at=AT.replace(tzinfo=None))
    assert caught.value.code == "config.time"


def test_anchor_that_is_no_certificate_is_a_configuration_error() -> None:
    data = seal(award(), issuer(), "edc", at=SEALED_AT)
    with pytest.raises(ConfigError) as caught:
        verify(data, surroundings=Surroundings(at=SEALED_AT, anchors=(b"no certificate",)))
    assert caught.value.code == "config.anchor"
