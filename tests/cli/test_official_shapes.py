"""Every European Digital Credential that the program issues conforms to the official shapes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.formats.elm.oracle import conforms, conforms_fast


def test_every_issued_credential_conforms(batch: Path) -> None:
    documents = [
        json.loads(json.loads(path.read_bytes())["payload"]) for path in sorted((batch / "edc").iterdir())
    ]
    assert len(documents) == 24
    assert [conforms_fast(document) for document in documents] == [True] * 24
    assert conforms(documents[0])[0]
