"""The mandate under which another body than the awarding one issued (ELM 3.2 ``evidence``)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from tessella.text import say
from tessella.vocabulary import code_list

__all__ = ["carries_mandate", "mandate_notes"]

MAX_STATEMENT = 600
"""Characters of a mandate's statement that a report repeats."""

MAX_DOCUMENTS = 5
"""Documents of one mandate that a report names."""


def carries_mandate(document: Mapping[str, Any]) -> bool:
    """Whether the credential's evidence holds a mandate of the awarding body (ELM 3.2 ``evidence``, evidence type Mandate)."""
    return any(True for _ in _mandates(document))


def mandate_notes(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What the credential says of the mandate under which it was issued, and whether the document itself is in it."""
    notes = []
    for item in _mandates(document):
        stated = item.get("evidenceStatement")
        text = stated if isinstance(stated, str) else ""
        notes.append(
            say("It was issued under a mandate. It says: %(text)s", text=text[:MAX_STATEMENT]).strip()
        )
        embedded = item.get("embeddedEvidence")
        files = [
            one
            for one in (embedded if isinstance(embedded, list) else [embedded])
            if isinstance(one, Mapping)
        ]
        notes += [_document_note(one) for one in files[:MAX_DOCUMENTS]] or [
            say("The mandate itself is not in it.")
        ]
    return tuple(notes)


def _document_note(file: Mapping[str, Any]) -> str:
    kind = file.get("contentType")
    name = str(kind.get("id", "")).rpartition("/")[2] if isinstance(kind, Mapping) else ""
    try:
        content = base64.b64decode(str(file.get("content", "")), validate=True)
    except ValueError:
        return say("The mandate that is in it cannot be read.")
    return say(
        "The mandate itself is in it: %(kind)s, %(size)s bytes, SHA-256 %(digest)s. Whether it covers this award is for you to read.",
        kind=name[:20] or say("a file"),
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
    )


def _mandates(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    mandate = code_list("evidence-type").require("mandate").uri
    evidence = document.get("evidence")
    for item in evidence if isinstance(evidence, list) else [evidence]:
        if not isinstance(item, Mapping):
            continue
        kind = item.get("dcType")
        if isinstance(kind, Mapping) and kind.get("id") == mandate:
            yield item
