"""From a file to sealed documents: what the file is, what it holds, and how each credential in it is sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from tessella.canonical import loads
from tessella.containers import Kind, credentials_in, detect, extract
from tessella.errors import DecodeError, TessellaError, UnsupportedError
from tessella.seals import jades, jose, sd_jwt
from tessella.text import say
from tessella.verification._carrier import NOT_COMPARED, Carrier
from tessella.verification._detached import sealed_objects
from tessella.verification._presentation import Presentation, presentation_in_token
from tessella.verification._xml import achievements

__all__ = ["Envelope", "envelopes", "no_credential", "opened_as"]

_WRAPPED_TYPES = frozenset(
    ("VerifiablePresentation", "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation")
)
"""JSON with these types is opened by ``containers``; a credential of any other type is itself the document."""

_NOTES = {
    "input.byte-order-mark": "The text starts with a byte order mark, which was dropped.",
    "input.utf-16": "The text is in UTF-16 and was read as such; credentials are UTF-8.",
}
"""Codes of quirks that ``containers`` tolerates, in words."""

_VISIBLE = (Kind.PDF, Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.SVG)
"""Carriers that show something to people, which may be another thing than the credential inside says."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """One credential as it was found, with its seal parsed and not yet verified.

    ``mechanism`` is the id of how it is sealed (`tessella.verification.mechanisms.MECHANISMS`), empty for not at all, and ``sealed``
    the seal as its package parses it, where it is not in the document itself.
    ``where`` says through which containers. With a ``problem`` the rest is what could be read in spite of it.
    ``presented`` tells that it was presented, ``presentation`` what it came in, ``carrier`` is the PDF that it lies in, ``objects`` what
    a seal is about that lies apart from it.
    """

    kind: Kind
    document: dict[str, Any] = {}
    mechanism: str = ""
    sealed: Any = None
    where: str = ""
    notes: tuple[str, ...] = ()
    presented: bool = False
    presentation: Presentation | None = None
    problem: TessellaError | None = None
    carrier: Carrier | None = None
    objects: Mapping[str, bytes] = {}


def envelopes(data: bytes, content: Mapping[str, bytes] | None = None) -> Iterator[Envelope]:
    """Everything in the file that is or should be a credential; one that cannot be read comes with its problem.

    ``content`` is what seals in the file may be about, by name, where they lie apart from it. A sealed PDF without a credential in it counts as one that cannot be read further (mechanism ``pades``).

    Raises:
        DecodeError, LimitError, UnsupportedError: the file itself cannot be read, or there is no credential in it.
    """
    # What most files are is told without looking twice: the hot path.
    if data[:1] == b"{":
        document = loads(data)
        if _is_document(document):
            yield _of_document(document)
            return
    elif data[:3] == b"eyJ":
        token = data.strip()
        presentation = None if b"~" in token else presentation_in_token(token)
        if presentation is None and content:
            yield from _opened(Kind.SD_JWT if b"~" in token else Kind.JWS_COMPACT, token, content)
        elif presentation is None:
            yield _of_sd_jwt(token) if b"~" in token else _of_token(token)
        else:
            yield from _of_presentation(presentation)
        return
    found = extract(data)
    # A PDF lists itself beside its attachments, a presentation beside its credentials.
    inside = [one for one in found if one.kind not in (Kind.PDF, Kind.PRESENTATION)]
    presentations: dict[str, Presentation] = {
        one.where: Presentation(loads(one.data)) for one in found if one.kind is Kind.PRESENTATION
    }
    pdfs = {one.where: Carrier(one.data) for one in found if one.kind is Kind.PDF and not one.problem}
    sealed = [where for where, pdf in pdfs.items() if pdf.is_sealed]
    if not inside and not sealed:
        raise no_credential()
    visible = detect(data) in _VISIBLE
    readable: set[str | None] = set()
    for one in inside:
        around = _around(one.where, pdfs)
        wrapped = _around(one.where, presentations)
        presentation = None if wrapped is None else presentations[wrapped]
        carrier = None if around is None else pdfs[around]
        notes = tuple(say(_NOTES.get(note, note)) for note in one.notes)
        if visible and carrier is None:
            notes = (*notes, say(NOT_COMPARED))
        try:
            if one.problem is not None:
                raise one.problem
            for envelope in _opened(one.kind, one.data, content or {}):
                yield msgspec.structs.replace(
                    envelope,
                    where=" > ".join(filter(None, (one.where, envelope.where))),
                    notes=(*notes, *envelope.notes),
                    presented=envelope.presented or presentation is not None,
                    presentation=envelope.presentation or presentation,
                    carrier=carrier,
                )
            readable.add(around)
        except TessellaError as error:
            if len(inside) == 1 and not one.where and one.kind is not Kind.URL:
                raise
            yield Envelope(kind=one.kind, where=one.where, notes=notes, problem=error, carrier=carrier)
    for where in sealed:
        if where not in readable:
            yield Envelope(kind=Kind.PDF, mechanism="pades", sealed=pdfs[where], where=where)


def no_credential() -> DecodeError:
    """The error for a file without a credential."""
    return DecodeError(
        say("There is no credential in this file."),
        code="container.no-credential",
        hint=say("Give the credential itself: a JSON file, or a picture or PDF that carries one."),
    )


def _around(where: str, around: Iterable[str]) -> str | None:
    """The innermost of the places ``around`` what was found at ``where``; None when there is none."""
    places = (one for one in around if not one or where == one or where.startswith(f"{one} > "))
    return max(places, key=len, default=None)


def _is_document(document: Any) -> bool:
    """Whether JSON is a credential and not an envelope around others."""
    if not isinstance(document, dict) or "@context" not in document or "verifiableCredential" in document:
        return False
    types = document.get("type")
    if isinstance(types, list):
        return not any(isinstance(one, str) and one in _WRAPPED_TYPES for one in types)
    return types not in _WRAPPED_TYPES if isinstance(types, str) else True


def opened_as(kind: Kind, content: bytes | dict[str, Any], *, where: str) -> Envelope:
    """A credential that lies in another one: text of this kind, or JSON that is already read.

    Raises:
        TessellaError: it cannot be opened.
    """
    found = _of_document(content) if isinstance(content, dict) else _open(kind, content)
    return msgspec.structs.replace(found, where=where)


def _opened(kind: Kind, data: bytes, content: Mapping[str, bytes]) -> Iterable[Envelope]:
    """The credentials in one thing that was found: an XML file and a presentation as token may hold several."""
    if content and kind in (Kind.JADES_JSON, Kind.JWS_COMPACT) and not sd_jwt.detect(data):
        sealed = jades.parse(data)
        if not sealed.payload:
            return (_of_detached(sealed, content),)
    if kind is Kind.XML:
        return _of_xml(data)
    if kind is Kind.JWS_COMPACT and (presentation := presentation_in_token(data)) is not None:
        return tuple(_of_presentation(presentation))
    return (_open(kind, data),)


def _of_presentation(presentation: Presentation) -> Iterator[Envelope]:
    """The credentials that a presentation as token holds."""
    for path, part in credentials_in(msgspec.json.encode(presentation.document)):
        try:
            envelope = _open(detect(part), part)
        except TessellaError as error:
            envelope = Envelope(kind=detect(part), problem=error)
        yield msgspec.structs.replace(envelope, where=path, presented=True, presentation=presentation)


def _open(kind: Kind, data: bytes) -> Envelope:
    if kind is Kind.JWS_COMPACT:
        return _of_token(data)
    if kind is Kind.SD_JWT or (kind is Kind.JADES_JSON and sd_jwt.detect(data)):  # both are JWS in JSON
        return _of_sd_jwt(data)
    if kind is Kind.JADES_JSON:
        return _of_jades(data)
    if kind is Kind.JSON:
        document = loads(data)
        if isinstance(document, dict):
            return _of_document(document)
        raise DecodeError(
            say("This JSON is no credential."),
            code="input.decode.credential",
            hint=say("Give the file that the issuer made."),
        )
    if kind is Kind.URL:
        raise UnsupportedError(
            say("This is a link, not the credential itself."),
            code="unsupported.container",
            got=data.decode(errors="replace"),
            hint=say("Open the link and give the file behind it, or verify the link with network access."),
        )
    raise DecodeError(
        say("This is no credential, or only a part of one."),
        code="input.decode.credential",
        got=str(kind),
        hint=say("Give the whole file that the issuer made."),
    )


def _of_document(document: dict[str, Any]) -> Envelope:
    mechanism = "data-integrity" if "proof" in document else ""
    return Envelope(kind=Kind.JSON, document=document, mechanism=mechanism)


def _of_token(data: bytes) -> Envelope:
    """A compact JWS: a VC-JWT, or JAdES in its compact form, which states critical extensions."""
    token = jose.parse(data)
    if "crit" in token.header:
        return _of_jades(data)
    return Envelope(kind=Kind.JWS_COMPACT, document=token.credential, mechanism="vc-jwt", sealed=token)


def _of_jades(data: bytes) -> Envelope:
    sealed = jades.parse(data)
    if not sealed.payload:
        raise UnsupportedError(
            say("The seal is apart from what it seals (detached)."),
            code="unsupported.detached",
            hint=say(
                "Give what it seals beside it, or ask for the sealed file that contains the credential."
            ),
        )
    document = loads(sealed.payload)
    if not isinstance(document, dict):
        raise DecodeError(
            say("What is sealed is not a credential."),
            code="input.decode.credential",
            hint=say("Give a sealed European Digital Credential."),
        )
    return Envelope(kind=Kind.JADES_JSON, document=document, mechanism="jades", sealed=sealed)


def _of_detached(sealed: jades.JadesDocument, content: Mapping[str, bytes]) -> Envelope:
    """A seal apart from what it seals: the credential among that, or files that are none."""
    objects = sealed_objects(sealed, content)
    found = {name: document for name, data in objects.items() if (document := _credential(data)) is not None}
    others = [name for name in objects if name not in found]
    if len(found) != 1:
        return Envelope(kind=Kind.JADES_JSON, mechanism="jades-files", sealed=sealed, objects=objects)
    notes = [say("The seal is in a file of its own.")]
    if others:
        notes.append(say("The seal is also about %(names)s.", names=", ".join(others)))
    (document,) = found.values()
    return Envelope(
        kind=Kind.JADES_JSON,
        document=document,
        mechanism="jades",
        sealed=sealed,
        objects=objects,
        notes=tuple(notes),
    )


def _credential(data: bytes) -> dict[str, Any] | None:
    """The credential that these bytes are in JSON; None when they are something else."""
    try:
        document = loads(data)
    except TessellaError:
        return None
    return document if isinstance(document, dict) and _is_document(document) else None


def _of_xml(data: bytes) -> tuple[Envelope, ...]:
    """One for each achievement in an ELMO file; the file's signature covers all of them."""
    sealed, documents = achievements(data)
    return tuple(
        Envelope(
            kind=Kind.XML,
            document=one,
            mechanism="xmldsig" if sealed.signatures else "",
            sealed=sealed,
            where=one["place"] if len(documents) > 1 else "",
        )
        for one in documents
    )


def _of_sd_jwt(data: bytes) -> Envelope:
    """An SD-JWT or a presentation of one; its document is the payload with the disclosed claims in their places."""
    token = sd_jwt.parse(data.strip())
    if token.key_binding and "." not in token.key_binding:
        raise DecodeError(
            say("The SD-JWT was cut off: behind its last “~” stands no Key Binding JWT."),
            code="input.decode.sd-jwt",
            hint=say("Ask for the credential again; do not edit it."),
        )
    try:
        claims = token.processed.claims
    except TessellaError:
        claims = {}  # the seal says why; nothing in it can be relied on
    return Envelope(
        kind=Kind.SD_JWT, document=claims, mechanism="sd-jwt", sealed=token, presented=bool(token.key_binding)
    )
