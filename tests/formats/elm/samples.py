"""The official sample credentials, taken out of their envelopes."""

from __future__ import annotations

import json
from typing import Any

from tests.support import shared_json

OFFICIAL = (
    "official-samples/Sample-CertOfPart-signed.jsonld",
    "official-samples/Sample-CertOfPart-unsigned.jsonld",
    "official-samples/Sample-CertOfPart-unsigned-uploadable.json",
    "official-samples/Sample-MC-Annex1-signed.jsonld",
    "official-samples/Sample-MC-Annex1-unsigned.jsonld",
    "official-samples/Sample-MC-Annex1-unsigned-uploadable.json",
    "elm-3.2-lts/samples/credential-sample.jsonld",
    "elm-3.2-lts/samples/v3.1/credential-sample.jsonld",
    "derived/minimal-annex1-microcredential.jsonld",
)
CONFORMING = (OFFICIAL[0], OFFICIAL[3], OFFICIAL[6], OFFICIAL[8])


def sample(name: str) -> dict[str, Any]:
    """The credential of a sample file; pictures are cut short, which no check looks at."""
    document = shared_json("edc/" + name)
    if "payload" in document:
        document = json.loads(document["payload"])
    credential: dict[str, Any] = document.get("credential", document)
    _shorten(credential)
    return credential


def _shorten(value: Any) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("content"), str):
            value["content"] = value["content"][:40]
        for item in value.values():
            _shorten(item)
    elif isinstance(value, list):
        for item in value:
            _shorten(item)
