"""A document statement by statement: the same bytes as the canonical form, and where blank nodes come from."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tessella.canonical import canonicalize, statements
from tessella.canonical.statements import NODE
from tessella.errors import CanonicalError
from tests.canonical.credential import credential

LIST: dict[str, Any] = {
    "@context": {
        "@vocab": "https://terms.example/",
        "steps": {"@id": "https://terms.example/steps", "@container": "@list"},
        "inside": {"@id": "https://terms.example/inside", "@container": "@graph"},
        "back": {"@reverse": "https://terms.example/forth"},
    },
    "steps": [{"name": "one"}, "two", {"name": "three"}],
    "inside": {"name": "four", "more": {"name": "five"}},
}


@pytest.mark.parametrize("document", [credential(1), LIST, {**LIST, "back": {"name": "six"}}])
def test_the_statements_are_the_canonical_ones(document: dict[str, Any]) -> None:
    found = statements(document)
    canonical = canonicalize(document).decode()
    assert "".join(found.written(found.labels)) == canonical
    assert found.origins is None or set(found.origins.values()) == set(found.labels)
    assert (found.origins is None) == ("back" in document)  # the general way does not tell


def test_origins_name_the_objects_that_are_blank_nodes() -> None:
    document = {
        "@context": {"@vocab": "https://terms.example/"},
        "a": {"b": "1"},
        "c": {"@id": "urn:c", "d": "2"},
    }
    found = statements(document)
    assert found.origins is not None
    assert set(found.origins) == {(id(document), NODE), (id(document["a"]), NODE)}


def test_the_objects_of_two_documents_stay_apart() -> None:
    document = copy.deepcopy(LIST)
    one, other = statements(document), statements(copy.deepcopy(LIST))
    assert one.origins is not None
    assert other.origins is not None
    assert len(one.origins) == len(other.origins)
    assert not one.origins.keys() & other.origins.keys()


def test_a_blank_node_without_name_is_refused() -> None:
    found = statements(LIST)
    with pytest.raises(CanonicalError) as caught:
        found.written({})
    assert caught.value.code == "canonical.selection"
