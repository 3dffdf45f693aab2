"""The pinned contexts: complete, unchanged, and what others have under the same address."""

from __future__ import annotations

import hashlib
from importlib import resources

import pytest

from tessella.canonical import ContextStore, default_contexts, pinned_contexts
from tessella.errors import CanonicalError, SchemaError
from tests.support import shared_json

FOLDER = resources.files("tessella.canonical.contexts")


def test_pinned_contexts_files_have_the_digest_that_the_index_says() -> None:
    for item in pinned_contexts():
        assert hashlib.sha256(FOLDER.joinpath(item.file).read_bytes()).hexdigest() == item.sha256, item.file
        assert item.source
        assert item.licence


def test_pinned_contexts_index_and_folder_list_the_same_files() -> None:
    present = {entry.name for entry in FOLDER.iterdir() if entry.name.endswith(".json")} - {"INDEX.json"}
    assert {item.file for item in pinned_contexts()} == present
    assert len({item.url for item in pinned_contexts()}) == len(pinned_contexts())


def test_pinned_contexts_say_what_the_collected_ones_say() -> None:
    collected: dict[str, set[str]] = {}
    for entry in shared_json("vc/contexts/INDEX.json"):
        collected.setdefault(entry["url"], set()).add(entry["canon_sha256"])
    store = default_contexts()
    compared = [url for url in store.urls if url in collected]
    assert len(compared) == 25
    for url in compared:
        assert store.digest(url)[:16] in collected[url], url


def test_default_contexts_hold_what_open_badges_and_data_integrity_need() -> None:
    store = default_contexts()
    assert store is default_contexts()
    assert store.urls == tuple(sorted(item.url for item in pinned_contexts()))
    assert "https://www.w3.org/ns/credentials/v2" in store
    assert "https://www.w3.org/ns/credentials/examples/v2" not in store


def test_context_store_unknown_context_names_the_address_and_the_remedy() -> None:
    with pytest.raises(CanonicalError) as caught:
        default_contexts().document("https://contexts.example/v9")
    assert (caught.value.code, caught.value.got) == (
        "canonical.unknown-context",
        "https://contexts.example/v9",
    )
    assert "with_context" in caught.value.hint


def test_context_store_is_immutable() -> None:
    store = ContextStore({"https://a.example/": {"@context": {"name": "https://a.example/#name"}}})
    more = store.with_context("https://b.example/", {"@context": []})
    assert (store.urls, more.urls) == (("https://a.example/",), ("https://a.example/", "https://b.example/"))
    store.document("https://a.example/")["@context"]["name"] = "https://evil.example/"
    assert store.document("https://a.example/") == {"@context": {"name": "https://a.example/#name"}}
    other = more.with_context("https://a.example/", {"@context": {}})
    assert (
        other.digest("https://a.example/")
        != store.digest("https://a.example/")
        == more.digest("https://a.example/")
    )


@pytest.mark.parametrize("document", [{}, {"@context": None}, {"@context": 3}, {"name": "x"}])
def test_context_store_document_without_context_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        default_contexts().with_context("https://a.example/", document)
