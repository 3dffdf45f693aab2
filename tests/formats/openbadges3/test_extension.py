"""The extension's context and its description."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from tessella.canonical import default_contexts
from tessella.formats.openbadges3 import EXTENSION_CONTEXT_URL, extension_context
from tessella.formats.openbadges3._terms import NAMESPACE, TABLES, context_document
from tessella.model import Award, MicroCredential
from tessella.model._shape import field_shapes
from tests.support import ROOT

TERMS = {
    name
    for name in extension_context()["@context"]
    if not name.startswith("@") and name not in ("id", "type")
}


def test_published_context_is_what_the_tables_need() -> None:
    assert extension_context() == context_document()


def test_address_and_terms_are_stable() -> None:
    assert EXTENSION_CONTEXT_URL == "https://w3id.org/tessella/micro-credential/v1"
    own = {name: definition for name, definition in extension_context()["@context"].items() if name in TERMS}
    skos = {"prefLabel", "notation", "inScheme", "broader"}
    assert {name: own[name]["@id"] for name in own.keys() - skos} == {
        n: NAMESPACE + n for n in own.keys() - skos
    }
    assert len(own) == 143


def test_each_call_gives_a_copy_of_its_own() -> None:
    extension_context()["@context"].clear()
    assert extension_context()["@context"] != {}


def names_in(context: Any) -> set[str]:
    """All terms a context defines, at any depth of its scoped contexts."""
    if isinstance(context, list):
        return set().union(*map(names_in, context))
    if not isinstance(context, dict):
        return set()
    inner = [definition.get("@context") for definition in context.values() if isinstance(definition, dict)]
    return set(context).union(*map(names_in, inner))


def test_no_term_has_the_name_of_one_it_may_stand_beside() -> None:
    """Protected terms cannot be defined twice, not even in contexts scoped to a type."""
    store = default_contexts()
    for url in store.urls:
        if "credentials/v2" in url or "/ob/v3p0/" in url or "data-integrity" in url or "status" in url:
            assert names_in(store.document(url)["@context"]) & TERMS == set(), url


def test_a_term_means_the_same_wherever_it_stands() -> None:
    seen: dict[str, Any] = {}
    for table in TABLES.values():
        for field in table:
            meaning = (field.codec.definition, field.many)
            assert seen.setdefault(field.term, meaning) == meaning, field.term


def test_every_field_of_the_parts_has_a_term() -> None:
    """Parts inside are carried whole; the two at the top have places in the standard for the rest."""
    left_out = {"logo", "extra"}
    for struct, table in TABLES.items():
        if struct not in (MicroCredential, Award):
            assert {field.name for field in table} == set(field_shapes(struct)) - left_out, struct.__name__


def test_every_term_is_described_for_people() -> None:
    page = (ROOT / "docs/reference/open-badges-extension.md").read_text(encoding="utf-8")
    assert {term for term in TERMS if f"`{term}`" not in page} == set()


def test_example_on_the_page_is_a_valid_use() -> None:
    page = (ROOT / "docs/reference/open-badges-extension.md").read_text(encoding="utf-8")
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    assert set(example) - {"type", "achievementType", "name"} <= TERMS


def test_context_is_shipped_as_package_data() -> None:
    file = resources.files("tessella.formats.openbadges3") / "extension-context-v1.json"
    assert json.loads(file.read_text(encoding="utf-8")) == extension_context()
