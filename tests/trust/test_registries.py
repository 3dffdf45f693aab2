"""Registers of issuers: both shapes, and what a look-up may say."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from tessella import trust
from tessella.errors import DecodeError, LimitError, SchemaError
from tessella.trust import Registry, RegistryEntry, look_up, read_registry
from tessella.verdicts import Verdict
from tests.support import shared

DID = "did:web:fjordakademiet.example"
OURS: dict[str, Any] = {
    "name": "Nordic providers",
    "url": "https://register.example/",
    "updated": "2026-10-01T08:00:00+02:00",
    "issuers": [
        {
            "id": DID,
            "name": "Fjordakademiet",
            "location": "Ålesund, Norway",
            "url": "https://fjordakademiet.example",
        },
        {"id": "did:web:hav.example", "name": "Havakademiet"},
    ],
}
THEIRS: dict[str, Any] = {
    "meta": {"updated": "2026-09-01T00:00:00+00:00"},
    "registry": {
        DID: {"name": "Fjord Academy", "location": "Norway", "url": "https://fjordakademiet.example"}
    },
}


def read(document: object, **options: str) -> Registry:
    return read_registry(json.dumps(document).encode(), **options)


def test_own_shape_is_read() -> None:
    assert read(OURS) == Registry(
        name="Nordic providers",
        url="https://register.example/",
        updated=dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC),
        entries={
            DID: RegistryEntry(
                name="Fjordakademiet", location="Ålesund, Norway", url="https://fjordakademiet.example"
            ),
            "did:web:hav.example": RegistryEntry(name="Havakademiet"),
        },
    )


def test_name_that_the_operator_gives_counts_more_than_the_file() -> None:
    registry = read(OURS, name="Norden", url="https://norden.example/")
    assert (registry.name, registry.url) == ("Norden", "https://norden.example/")


def test_legacy_shape_is_read_under_a_given_name() -> None:
    registry = read(THEIRS, name="Community register")
    assert registry.updated == dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    assert dict(registry.entries) == {
        DID: RegistryEntry(name="Fjord Academy", location="Norway", url="https://fjordakademiet.example")
    }


def test_official_register_is_read_whole() -> None:
    data = shared("vc/dcc-registries/registry.json").read_bytes()
    registry = read_registry(data, name="DCC community register")
    assert len(registry.entries) == len(json.loads(data)["registry"])
    result = look_up("did:web:network.learncard.com", [registry])
    assert result.explanation == "In register DCC community register as Learning Economy Foundation."


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"registry": []},
        {"name": "x", "issuers": {}},
        {"issuers": []},
        {"name": "x", "issuers": [1]},
        {"name": "x", "issuers": [{"name": "y"}]},
        {"name": "x", "issuers": [{"id": " ", "name": "y"}]},
        {"name": "x", "issuers": [{"id": "did:x", "name": ""}]},
        {"name": "x", "issuers": [{"id": "did:x", "name": 1}]},
        {"name": "x", "issuers": [{"id": "did:x", "name": "y"}, {"id": "did:x ", "name": "z"}]},
        {"name": "x", "registry": {"did:x": "y"}},
    ],
    ids=lambda document: json.dumps(document),
)
def test_register_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(SchemaError) as caught:
        read(document)
    assert caught.value.code == "input.schema.registry"


def test_empty_register_is_a_register() -> None:
    assert dict(read({"name": "x", "issuers": []}).entries) == {}


@pytest.mark.parametrize("data", [b"", b"{", b'{"name":"x","name":"y","issuers":[]}'])
def test_register_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        read_registry(data)


def test_register_over_its_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust.registries, "MAX_REGISTRY_ENTRIES", 1)
    with pytest.raises(LimitError) as caught:
        read(OURS)
    assert caught.value.code == "input.limit.registry"


@pytest.mark.parametrize("updated", [None, "lately", 5])
def test_date_that_cannot_be_read_is_none(updated: object) -> None:
    assert read({**OURS, "updated": updated}).updated is None


def test_date_without_zone_is_utc() -> None:
    assert read({**OURS, "updated": "2026-10-01"}).updated == dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def test_issuer_in_registers_is_named_by_each() -> None:
    ours, theirs = read(OURS), read(THEIRS, name="Community register")
    result = look_up(f" {DID} ", [ours, theirs])
    assert result.verdict is Verdict.PASSED
    assert result.explanation == (
        "In register Nordic providers as Fjordakademiet. In register Community register as Fjord Academy."
    )
    assert result.matches == ((ours, ours.entries[DID]), (theirs, theirs.entries[DID]))


def test_unknown_issuer_is_in_no_register_consulted() -> None:
    result = look_up("did:web:unknown.example", [read(OURS), read(THEIRS, name="Community register")])
    assert (result.verdict, result.matches) == (Verdict.INDETERMINATE, ())
    assert result.explanation == "Not in any register consulted (Nordic providers, Community register)."


def test_no_register_is_said_so() -> None:
    result = look_up(DID, [])
    assert (result.verdict, result.explanation) == (Verdict.INDETERMINATE, "No register was consulted.")
