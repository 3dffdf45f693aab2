"""Credentials in XML: ELMO files, with one credential for each achievement in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tessella.errors import UnsupportedError
from tessella.formats import elmo
from tessella.model import Organisation
from tessella.seals import xmldsig
from tessella.text import say

__all__ = ["achievements"]


def achievements(data: bytes) -> tuple[xmldsig.XmlDocument, tuple[dict[str, Any], ...]]:
    """The document with its signatures, and for each achievement what the checks ask of any credential, in the form of one in JSON.

    ``elmo`` is the text that the signatures cover (bytes, which nothing in JSON can be taken for) and ``place`` where in it the
    achievement stands; issuer and dates are taken from it.

    Raises:
        UnsupportedError: ``unsupported.container``, XML of another kind.
        SchemaError, DecodeError, LimitError: an ELMO file that cannot be read.
    """
    document = xmldsig.parse(data)
    if not elmo.detect(document.name):
        raise UnsupportedError(
            say("This is an XML file of a kind that is not read here."),
            code="unsupported.container",
            got=document.name[1],
            expected="elmo",
            hint=say("Ask for the same credential as ELMO, Open Badge or European Digital Credential."),
        )
    return document, tuple(_plain(one, document.content) for one in elmo.read(document.content))


def _plain(one: elmo.ElmoRead, text: bytes) -> dict[str, Any]:
    made: dict[str, Any] = {"elmo": text, "place": one.place, "issuer": _issuer(one.sealer)}
    if one.credential_id:
        made["id"] = one.credential_id
    award = one.award
    if award is not None:
        dates = {"issued": award.issued_at, "validFrom": award.valid_from, "validUntil": award.valid_until}
        made |= {name: _text(moment) for name, moment in dates.items() if moment is not None}
    return made


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def _issuer(organisation: Organisation) -> dict[str, Any]:
    made: dict[str, Any] = {"id": organisation.id, "name": dict(organisation.name)}
    if organisation.legal_id:
        made["eIDASIdentifier"] = [{"notation": organisation.legal_id}]
    return made
