"""The same bytes as the processor that most issuers use, or none; in safe mode neither accepts more than it signs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.canonical.test_jsonld import contexts
from tests.canonical.test_walk import DOCUMENTS, NOT_WALKED, WALKED, fast, slow
from tests.independent.support import HERE as PACKAGES
from tests.independent.support import node

pytestmark = pytest.mark.independent

UNLIKE = ("5e-324", "\\uffff")
"""The least double and a non-character, which the two write differently."""


def canonized(documents: list[str]) -> list[dict[str, str]]:
    """What jsonld.js makes of JSON texts."""
    store = contexts()
    pinned = json.dumps({url: store.document(url) for url in store.urls})
    request = f'{{"contexts":{pinned},"documents":[{",".join(documents)}]}}'
    script = Path(__file__).with_name("canonize.mjs")
    done = subprocess.run(
        [node(), str(script), str(PACKAGES)],
        input=request,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def compare(documents: list[Any]) -> int:
    """How many documents both canonicalise, to the same set of lines."""
    store = contexts()
    texts = []
    for document in documents:
        try:
            text = json.dumps(document, allow_nan=False)
        except ValueError:
            continue
        if not any(mark in text for mark in UNLIKE):
            texts.append(text)
    same = 0
    for text, answer in zip(texts, canonized(texts), strict=True):
        ours = slow(json.loads(text), store)
        assert fast(json.loads(text), store) in (ours, None)
        if "canonical" not in answer:
            assert ours is None, (text, answer)
        elif ours is not None:
            assert sorted(set(answer["canonical"].split("\n"))) == sorted(ours.decode().split("\n")), text
            same += 1
    return same


def test_canonicalize_features_equal_jsonld_js() -> None:
    assert compare(WALKED + NOT_WALKED) >= 50


def test_canonicalize_generated_documents_equal_jsonld_js() -> None:
    documents: list[Any] = []

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(DOCUMENTS)
    def collect(document: Any) -> None:
        documents.append(document)

    collect()
    assert compare(documents) >= 50
