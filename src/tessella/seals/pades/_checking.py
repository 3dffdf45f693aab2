"""Judging the seals of a PDF: the range, the signature, its time stamps, and what follows it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from tessella.errors import SealError, TessellaError, UnsupportedError
from tessella.seals._timestamps import TimestampResult, check_token
from tessella.seals.pades._results import (
    Changes,
    Extras,
    PadesDocument,
    PadesResult,
    SignatureResult,
    unsealed,
)
from tessella.seals.pades._revisions import Field, Revisions
from tessella.seals.pades._signature import Signature, own_bytes, read_signature, strict_range
from tessella.text import say
from tessella.verdicts import Verdict, combine

__all__ = ["checked"]

_FILTERS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
"""Signatures that are verified (EN 319 142-1 §6.3; ISO 32000-1 §12.8.3.3), and in document time stamps:"""

_TIMESTAMP_FILTER = "/ETSI.RFC3161"


_DICTIONARY = re.compile(rb"/SubFilter[\0\t\n\f\r ]*/(?:ETSI|adbe)\.|/ByteRange[\0\t\n\f\r ]*\[")
"""A signature dictionary as it is written; of an attached PDF perhaps, so it proves nothing."""


def checked(document: PadesDocument, certificates: Sequence[bytes]) -> PadesResult:
    """The result on a PDF that has seals, or had."""
    if not document.fields and not document.removed:
        if _DICTIONARY.search(document.data) is None:
            return PadesResult(verdict=Verdict.NOT_APPLICABLE)
        return PadesResult(verdict=Verdict.INDETERMINATE, problems=(_lost(),))
    extras, notes = _extras(document.revisions)
    pool = (*certificates, *extras.certificates)
    ordered = sorted((one for one in document.fields if one.is_timestamp), key=_end)
    stamps = [(one, _document_stamp(document, one, pool, place)) for place, one in enumerate(ordered, 1)]
    results = tuple(
        _verify_one(document, one, stamps, extras, pool, notes)
        for one in document.fields
        if not one.is_timestamp
    )
    problems = tuple(problem for one in results for problem in one.problems)
    verdict = combine(one.verdict for one in results)
    if document.removed:
        problems, verdict = (*problems, _removed()), Verdict.FAILED
    if not results and not document.removed:  # time stamps alone: the time is known, not who
        problems = (unsealed(),)
    return PadesResult(verdict=verdict, signatures=results, removed=document.removed, problems=problems)


def _verify_one(
    document: PadesDocument,
    field: Field,
    stamps: Sequence[tuple[Field, TimestampResult]],
    extras: Extras,
    pool: Sequence[bytes],
    notes: Sequence[str],
) -> SignatureResult:
    result = SignatureResult(
        field=field.name,
        verdict=Verdict.FAILED,
        signing_time=field.stated_at,
        extras=extras,
        notes=tuple(notes),
    )
    try:
        covered = strict_range(document.data, field.byte_range, field.contents)
        whole = _end(field) == len(document.data)
        result = msgspec.structs.replace(result, coverage="file" if whole else "revision")
        if field.filter not in _FILTERS:
            raise _unsupported(field.filter)
        cms = read_signature(field.contents)
        result = msgspec.structs.replace(
            result,
            algorithm=cms.algorithm,
            certificate_chain=cms.chain,
            signing_time=cms.signing_time or field.stated_at,
            timestamps=(
                *_signature_stamps(cms, covered, pool),
                *(stamp for one, stamp in stamps if _end(one) > _end(field)),
            ),
        )
        cms.check(covered)
        result = _judged(document, field, result)
    except UnsupportedError as error:
        return msgspec.structs.replace(result, verdict=Verdict.INDETERMINATE, problems=(error,))
    except TessellaError as error:
        return msgspec.structs.replace(result, verdict=Verdict.FAILED, problems=(error,))
    return msgspec.structs.replace(result, baseline=_baseline(field, cms, result))


def _judged(document: PadesDocument, field: Field, result: SignatureResult) -> SignatureResult:
    """The verdict on a signature that holds: what follows it decides."""
    if result.coverage == "file":
        return msgspec.structs.replace(result, verdict=Verdict.PASSED)
    revisions: Revisions = document.revisions
    if revisions.lenient or not document.data.rstrip(b"\0\t\n\f\r ").endswith(b"%%EOF"):
        changes: Changes = "other"
    else:
        changes = revisions.changes_after(field)
    result = msgspec.structs.replace(result, changes=changes)
    if changes == "other":
        parts = revisions.changed_parts(field)
        return msgspec.structs.replace(result, changed_parts=parts, problems=(_changed(parts),))
    if changes == "form-fields":
        return msgspec.structs.replace(result, verdict=Verdict.INDETERMINATE, problems=(_filled_in(),))
    told = {
        "validation-data": say(
            "What was added after the seal keeps it verifiable and changes nothing that is shown."
        ),
        "signatures": say("Another seal was added after this one."),
    }
    notes = (*result.notes, *(told[one] for one in (changes,) if one in told))
    return msgspec.structs.replace(result, verdict=Verdict.PASSED, notes=notes)


def _end(field: Field) -> int:
    """Where the bytes end that a signature covers."""
    return sum(field.byte_range[2:4])


def _signature_stamps(cms: Signature, covered: bytes, pool: Sequence[bytes]) -> tuple[TimestampResult, ...]:
    """Over the signature value, and over the content before it was signed (EN 319 122-1 §5.3, §5.2.8)."""
    return (
        *(check_token(token, cms.value, kind="sigTst", certificates=pool) for token in cms.signature_stamps),
        *(check_token(token, covered, kind="adoTst", certificates=pool) for token in cms.content_stamps),
    )


def _document_stamp(
    document: PadesDocument, field: Field, pool: Sequence[bytes], place: int
) -> TimestampResult:
    """A document time stamp (EN 319 142-1 §5.4.3): a token over the whole file as it then was; ``place`` among them."""
    try:
        covered = strict_range(document.data, field.byte_range, field.contents)
        if field.filter != _TIMESTAMP_FILTER:
            raise _unsupported(field.filter)
        token = own_bytes(field.contents)
        return check_token(token, covered, kind="arcTst", certificates=pool, position=place)
    except TessellaError as error:
        problem = SealError(error.message, code="seal.timestamp", hint=error.hint)
        failed = Verdict.FAILED
        return TimestampResult(
            kind="arcTst", position=place, verdict=failed, imprint=failed, token=failed, problems=(problem,)
        )


def _extras(revisions: Revisions) -> tuple[Extras, list[str]]:
    """The security store; damage in it never speaks against a seal."""
    try:
        certificates, crls, ocsps = revisions.store()
        return Extras(certificates=certificates, crls=crls, ocsps=ocsps), []
    except TessellaError as error:
        return Extras(), [error.message]


def _baseline(
    field: Field, cms: Signature, result: SignatureResult
) -> Literal["B-B", "B-T", "B-LT", "B-LTA", ""]:
    """The level after EN 319 142-1 §6.3, as far as the form decides it."""
    if (
        result.verdict is not Verdict.PASSED
        or field.filter != _FILTERS[0]
        or field.stated_at is None
        or not cms.names_certificate
        or cms.signing_time is not None
    ):
        return ""
    sound = [one.kind for one in result.timestamps if one.verdict is Verdict.PASSED]
    if "sigTst" not in sound and "arcTst" not in sound:
        return "B-B"
    if not result.extras.crls and not result.extras.ocsps:
        return "B-T"
    return "B-LTA" if "arcTst" in sound else "B-LT"


def _unsupported(filter_: str) -> UnsupportedError:
    return UnsupportedError(
        say("The seal is of a kind that is not verified here: %(name)s.", name=filter_.lstrip("/") or "?"),
        code="unsupported.pdf-seal",
        got=filter_,
        expected=" | ".join(_FILTERS),
        hint=say("Ask the issuer for a PDF with a seal as PAdES has it."),
    )


def _changed(parts: Sequence[str]) -> SealError:
    told = {
        ("pages",): say("The pages were changed after the PDF was sealed; the files in it are as they were."),
        ("attachments",): say("The files in the PDF were changed after it was sealed."),
        ("pages", "attachments"): say("The pages and the files in the PDF were changed after it was sealed."),
    }
    return SealError(
        told.get(tuple(parts), say("Something was added to the PDF or changed in it after it was sealed.")),
        code="seal.pdf-changed",
        got=", ".join(parts) or None,
        hint=say("Do not rely on what it shows. Ask the issuer for the original file."),
    )


def _filled_in() -> SealError:
    return SealError(
        say(
            "Form fields of the PDF were filled in after it was sealed; the seal says nothing about what stands in them."
        ),
        code="seal.pdf-form",
        hint=say("Ask the issuer whether the entries are theirs."),
    )


def _lost() -> UnsupportedError:
    return UnsupportedError(
        say("There is something like a seal in the PDF, but nothing leads to it."),
        code="unsupported.pdf-seal",
        hint=say("The file may have been tampered with. Ask the issuer for the original file."),
    )


def _removed() -> SealError:
    return SealError(
        say("A seal was taken out of this PDF."),
        code="seal.pdf-removed",
        hint=say("Do not rely on it. Ask the issuer for the original file."),
    )
