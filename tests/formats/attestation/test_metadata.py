"""Type metadata: the same bytes for ever, and the hash that binds a credential to them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tessella.errors import SchemaError
from tessella.formats.attestation import (
    EUDI,
    PROFILES,
    RULEBOOK,
    Profile,
    check_integrity,
    integrity,
    type_metadata,
)
from tests.formats.attestation.sample import written

OWN = "https://fjord.example/vct/mc/1"


def claims_of(document: bytes) -> dict[str, Any]:
    rows = json.loads(document)["claims"]
    return {json.dumps(row["path"]): row for row in rows}


@pytest.mark.parametrize(
    ("profile", "sha256"),
    [
        (EUDI, "525e2524b581e29215fb90ce535c989dcde85116634877be42959c46252575e8"),
        (RULEBOOK, "0cba71693c293d02812b1cf1e1614f05a7a19a3d094d7f8f6d1745f14378d455"),
    ],
)
def test_bytes_are_those_that_were_published(profile: Profile, sha256: str) -> None:
    """A change here changes ``vct#integrity`` of credentials that are out: publish a new type instead."""
    assert hashlib.sha256(type_metadata(profile)).hexdigest() == sha256


def test_document_names_its_type() -> None:
    assert json.loads(type_metadata())["vct"] == EUDI.vct
    document = json.loads(type_metadata(RULEBOOK, vct=OWN))
    assert (document["vct"], document["display"][0]["locale"], bool(document["name"])) == (OWN, "en", True)


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_document_agrees_with_what_is_written(profile: Profile) -> None:
    made = written(profile=profile, matching=True)
    rows = claims_of(type_metadata(profile))
    disclosable = {json.dumps(list(path)) for path in made.disclosable}
    for name in made.claims:
        path = json.dumps([name])
        assert rows[path]["sd"] == ("always" if path in disclosable else "never"), name
        if isinstance(made.claims[name], list):
            inner = json.dumps([name, None])
            assert rows[inner]["sd"] == ("always" if inner in disclosable else "never"), name
    mandatory = {path for path, row in rows.items() if row["mandatory"]}
    assert mandatory <= {json.dumps([name]) for name in made.claims}


def test_integrity_is_a_hash_in_base64() -> None:
    assert integrity(b"{}") == "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
    check_integrity(b"{}", integrity(b"{}"))


@pytest.mark.parametrize(
    "stated",
    [
        "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=?ct=application/json",
        "md5-AAAA sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        "sha256-AAAA sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        "sha384-" + "PLACE384",
    ],
)
def test_integrity_holds_by_one_of_the_strongest_hashes(stated: str) -> None:
    check_integrity(b"{}", stated.replace("PLACE384", _b64("sha384")))


def _b64(name: str) -> str:
    import base64

    return base64.b64encode(hashlib.new(name, b"{}").digest()).decode()


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "sha256-",
        "sha256",
        "md5-mZFLkyvTelC5g8XnyQrpOw==",
        "sha256-44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",  # hexadecimal
        "sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o= sha512-AAAA",  # the stronger one counts
    ],
)
def test_another_document_is_refused(stated: str) -> None:
    with pytest.raises(SchemaError) as caught:
        check_integrity(b"{}", stated)
    assert caught.value.code == "attestation.integrity"


def test_one_changed_byte_is_refused() -> None:
    document = type_metadata(vct=OWN)
    with pytest.raises(SchemaError):
        check_integrity(document.replace(b"always", b"Always", 1), integrity(document))
