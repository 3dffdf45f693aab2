"""The PDF as pyHanko reads it: which seals it has or once had, and what was changed after each of them.

Only this module speaks to pyHanko. Its reader walks through files from strangers, so the work is counted and its errors are
turned into ours.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError, SigningError
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from tessella.errors import DecodeError, LimitError, TessellaError, UnsupportedError
from tessella.seals.pades._results import Changes
from tessella.seals.pades._syntax import damaged
from tessella.text import say

__all__ = ["FOREIGN", "MAX_READS", "MAX_REVISIONS", "MAX_SIGNATURES", "Field", "Revisions"]

MAX_SIGNATURES = 20
"""Seals and document time stamps in one file: a seal renewed every few years for 50 years has about 15."""

MAX_REVISIONS = 64
"""Times the file was saved; two for each seal or renewal."""

MAX_READS = 4_000_000
"""Reads of the file for one verification, about 5 seconds; a certificate sealed and renewed takes 20,000."""

MAX_NODES = 200_000
"""Objects compared to tell what was changed; a certificate has a thousand."""

MAX_DSS_VALUES = 128
"""Certificates, CRLs and OCSP responses in the security store: all are searched."""

FOREIGN = (
    PdfError,
    SignatureValidationError,
    ValidationInfoReadingError,
    SigningError,
    CMSExtractionError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    ArithmeticError,
    OSError,
    EOFError,
    NotImplementedError,
    AssertionError,
)
"""What reading a damaged PDF or CMS has been seen to raise."""

_XMP_TAG = re.compile(rb"(<[^<>]*>)")
_XMP_WORDS = re.compile(rb"<(/?)dc:(title|creator|publisher|contributor|description|subject|rights)\b")

for _name in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # remarks on odd files are not for stderr

T = TypeVar("T")


class Field(NamedTuple):
    """A signature field with its signature, as it stands in the file. ``signature`` is None when it cannot be read."""

    name: str
    is_timestamp: bool
    filter: str
    byte_range: tuple[int, ...]
    contents: bytes
    stated_at: dt.datetime | None
    signature: EmbeddedPdfSignature | None


class _Metered(io.BytesIO):
    """The file, counting how often it is read: a bound that is the same on every machine."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > MAX_READS:
            raise LimitError(
                say("Reading the PDF takes more steps than a certificate needs."),
                code="seal.pdf-work",
                expected=MAX_READS,
                hint=say("Ask for the original file."),
            )
        return super().read(size)


class Revisions:
    """A PDF opened for verification.

    ``lenient`` tells that it is not built by the rules and was read all the same.

    Raises:
        DecodeError: ``container.pdf``.
        UnsupportedError: ``container.encrypted``.
        LimitError: ``container.members``, ``seal.pdf-work``.
    """

    def __init__(self, data: bytes) -> None:
        self.lenient = False
        try:
            self._reader = _guarded(lambda: PdfFileReader(_Metered(data), strict=True))
        except DecodeError:
            self.lenient = True
            self._reader = _guarded(lambda: PdfFileReader(_Metered(data), strict=False))
        if _guarded(lambda: self._reader.encrypted):
            raise UnsupportedError(
                say("The PDF is protected by a password."),
                code="container.encrypted",
                hint=say("Save it without a password."),
            )
        self.count: int = self._reader.total_revisions
        if self.count > MAX_REVISIONS:
            raise _too_many(
                say("The PDF was saved more than %(limit)s times.", limit=MAX_REVISIONS), MAX_REVISIONS
            )

    def fields(self) -> tuple[Field, ...]:
        """The filled signature fields, in the order of the form."""

        def found() -> Iterator[Field]:
            for number, (name, _, field) in enumerate(enumerate_sig_fields(self._reader, filled_status=True)):
                if number >= MAX_SIGNATURES:
                    told = say("The PDF has more than %(limit)s seals.", limit=MAX_SIGNATURES)
                    raise _too_many(told, MAX_SIGNATURES)
                yield self._field(name, field)

        return tuple(_guarded(lambda: list(found())))

    def _field(self, name: str, raw: Any) -> Field:
        entries = raw.get_object()
        signature = entries.raw_get("/V").get_object()
        contents = signature.raw_get("/Contents")
        try:
            embedded = EmbeddedPdfSignature(self._reader, raw, name)
        except FOREIGN:
            embedded = None
        return Field(
            name=str(name),
            is_timestamp=_entry(signature, "/Type") == "/DocTimeStamp",
            filter=str(_entry(signature, "/SubFilter", "")),
            byte_range=tuple(int(one) for one in signature["/ByteRange"]),
            contents=bytes(getattr(contents, "original_bytes", b"")),
            stated_at=_date(_entry(signature, "/M")),
            signature=embedded,
        )

    def removed(self) -> int:
        """How many seals an earlier state of the file had and the present one has not."""

        def seals(handler: Any) -> set[tuple[int, int]]:
            found = set()
            for _, _, field in enumerate_sig_fields(handler, filled_status=True):
                reference = field.get_object().raw_get("/V")
                if isinstance(reference, generic.IndirectObject):
                    found.add((reference.idnum, reference.generation))
            return found

        def count() -> int:
            now = seals(self._reader)
            earlier = set[tuple[int, int]]()
            for number in range(self.count - 1):
                earlier |= seals(self._reader.get_historical_resolver(number))
            return len(earlier - now)

        return _guarded(count)

    def changes_after(self, field: Field) -> Changes:
        """What was added to the file after this seal (pyHanko's difference analysis; DocMDP, ISO 32000-2 §12.8.2.2)."""
        signature = field.signature
        if signature is None or signature.signed_revision >= self.count - 1:
            return "other"  # bytes at the end that belong to no saved state
        _guarded(signature.compute_integrity_info)
        result: Any = signature.diff_result
        if (
            not isinstance(result, DiffResult)
            or _guarded(signature.summarise_integrity_info)["docmdp_ok"] is False
        ):
            return "other"
        if self._renamed_after(signature.signed_revision):
            return "other"
        if result.modification_level <= ModificationLevel.LTA_UPDATES:
            return "none" if result.modification_level == ModificationLevel.NONE else "validation-data"
        if result.modification_level != ModificationLevel.FORM_FILLING:
            return "other"
        seals = {name for name, _, _ in _guarded(lambda: list(enumerate_sig_fields(self._reader)))}
        return "signatures" if result.changed_form_fields <= seals else "form-fields"

    def _renamed_after(self, revision: int) -> bool:
        """Whether title, author or other words about the document are others than in that saved state: viewers show them."""

        def compared() -> bool:
            states = (self._reader.get_historical_resolver(number) for number in (revision, self.count - 1))
            then, now = (_Prints(one).words() for one in states)
            return then != now

        return _guarded(compared)

    def changed_parts(self, field: Field) -> tuple[str, ...]:
        """Which of ``pages`` and ``attachments`` are not what they were when this seal was made; empty when that cannot be told."""
        signature = field.signature
        if signature is None:
            return ()
        try:
            then = self._reader.get_historical_resolver(signature.signed_revision)
            now = self._reader.get_historical_resolver(self.count - 1)
            before, after = _Prints(then), _Prints(now)
            return tuple(
                name for name in ("pages", "attachments") if getattr(before, name)() != getattr(after, name)()
            )
        except (TessellaError, *FOREIGN):
            return ()

    def store(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
        """Certificates, CRLs and OCSP responses (DER) of the document security store (ISO 32000-2 §12.8.4.3)."""

        def read() -> tuple[tuple[bytes, ...], ...]:
            if "/DSS" not in self._reader.root:
                return (), (), ()
            store = _entry(self._reader.root, "/DSS")
            lists = [list(_entry(store, name, ())) for name in ("/Certs", "/CRLs", "/OCSPs")]
            if sum(map(len, lists)) > MAX_DSS_VALUES:
                told = say("The PDF has more than %(limit)s proofs in it.", limit=MAX_DSS_VALUES)
                raise _too_many(told, MAX_DSS_VALUES)
            return tuple(tuple(bytes(one.get_object().data) for one in values) for values in lists)

        certificates, crls, ocsps = _guarded(read)
        return certificates, crls, ocsps


class _Prints:
    """Digests of what people and programs see of one state of the file."""

    def __init__(self, handler: HistoricalResolver) -> None:
        self._handler = handler
        self._nodes = 0

    def pages(self) -> list[bytes]:
        return [self._print({name: page.get(name) for name in ("/Contents", "/Resources", "/MediaBox")})
                for page in self._leaves(self._handler.root["/Pages"], 0)]  # fmt: skip

    def attachments(self) -> bytes:
        return self._print(_entry(_entry(self._handler.root, "/Names", {}), "/EmbeddedFiles"))

    def words(self) -> tuple[bytes, list[bytes]]:
        """What the document says of itself: in the information dictionary but for the date of saving and the software, and in XMP."""
        info = self._behind(self._handler.trailer_view, "/Info")
        told = {name: info.raw_get(name) for name in info if name not in ("/ModDate", "/Producer")}
        stream = self._behind(self._handler.root, "/Metadata")
        if not isinstance(stream, generic.StreamObject):
            return self._print(told), []
        if "/Filter" in stream:  # which archive formats forbid
            return self._print(told), [stream.encoded_data]
        return self._print(told), list(_xmp_words(stream.encoded_data))

    def _behind(self, dictionary: Any, name: str) -> Any:
        """The object of an entry, read as any other (pyHanko makes metadata streams that have no place in the file)."""
        value: Any = dictionary.raw_get(name) if name in dictionary else {}
        return (
            self._handler.get_object(value.reference) if isinstance(value, generic.IndirectObject) else value
        )

    def _leaves(self, node: Any, depth: int) -> Iterator[Any]:
        self._count()
        if depth < 64 and "/Kids" in node:
            for kid in node["/Kids"]:
                yield from self._leaves(kid.get_object(), depth + 1)
        else:
            yield node

    def _print(self, value: Any) -> bytes:
        hashing = hashlib.sha256()
        self._feed(value, hashing, set())
        return hashing.digest()

    def _feed(self, value: Any, hashing: Any, seen: set[tuple[int, int]]) -> None:
        self._count()
        if isinstance(value, generic.IndirectObject):
            key = (value.idnum, value.generation)
            if key in seen:
                return
            seen.add(key)
            value = self._handler.get_object(value.reference)
        if isinstance(value, generic.StreamObject):
            hashing.update(hashlib.sha256(value.encoded_data).digest())
        if isinstance(value, dict):
            for name in sorted(value):
                if name not in ("/Parent", "/P"):
                    hashing.update(b"{" + str(name).encode())
                    raw = value.raw_get(name) if isinstance(value, generic.DictionaryObject) else value[name]
                    self._feed(raw, hashing, seen)
        elif isinstance(value, list):
            hashing.update(b"[%d" % len(value))
            for index in range(len(value)):
                raw = value.raw_get(index) if isinstance(value, generic.ArrayObject) else value[index]
                self._feed(raw, hashing, seen)
        else:
            hashing.update(b"=" + repr(getattr(value, "original_bytes", value)).encode())

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise LimitError(say("The PDF has too many objects."), code="seal.pdf-work", expected=MAX_NODES)


def _xmp_words(data: bytes) -> Iterator[bytes]:
    """Title, author and the like in XMP, however it is laid out."""
    within = b""
    for part in _XMP_TAG.split(data):  # text and tags in turn
        named = _XMP_WORDS.match(part)
        if named is not None and not part.endswith(b"/>"):
            within = b"" if named[1] else named[2]
        elif within and part.strip() and not part.startswith(b"<"):
            yield within + b": " + part.strip()


def _entry(dictionary: Any, name: str, default: Any = None) -> Any:
    """The value of an entry, wherever in the file it stands (``get`` of pyHanko's dictionaries gives references)."""
    return dictionary[name] if name in dictionary else default  # noqa: SIM401


def _guarded(read: Callable[[], T]) -> T:
    """What ``read`` gives, with pyHanko's errors turned into ours."""
    try:
        return read()
    except TessellaError:
        raise
    except FOREIGN as error:
        raise _limit_behind(error) or damaged(str(error)[:200]) from error


def _date(value: Any) -> dt.datetime | None:
    """The time that a signature dictionary states, in UTC."""
    try:
        moment = generic.parse_pdf_date(str(value), strict=False)
    except FOREIGN:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment.astimezone(dt.UTC)


def _limit_behind(error: BaseException | None) -> LimitError | None:
    """The limit that was reached, where the reader has made an error of its own of it."""
    while error is not None and not isinstance(error, LimitError):
        error = error.__cause__ or error.__context__
    return error


def _too_many(message: str, limit: int) -> LimitError:
    return LimitError(
        message, code="container.members", expected=limit, hint=say("Ask for the original file.")
    )
