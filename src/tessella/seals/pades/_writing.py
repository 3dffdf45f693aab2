"""The incremental update that carries a seal: field, widget, structure and signature dictionary (ISO 32000-1 §7.5.6, §12.7.4.5, §12.8).

The original is a prefix of the result. What was PDF/A-3 and PDF/UA-1 stays so (ISO 19005-3 §6.3, §6.4; ISO 14289-1 §7.18): the
widget takes no room, prints, has a name for people and stands in the structure tree as a form element.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import NamedTuple

from tessella.errors import StateError
from tessella.seals.pades._reading import PdfFile
from tessella.seals.pades._syntax import (
    array_bytes,
    array_items,
    damaged,
    dictionary_bytes,
    dictionary_entries,
    integer_of,
    reference_of,
    text_bytes,
)
from tessella.text import say

__all__ = ["Prepared", "prepare"]

_SIGNATURES_EXIST, _APPEND_ONLY = 1, 2
"""Bits of ``SigFlags`` (ISO 32000-1 Table 219)."""

_PRINT, _LOCKED = 4, 128
"""Bits of an annotation's flags (Table 165); PDF/A wants Print set and all hiding ones clear."""

_MAX_TREE_DEPTH = 64
"""Levels of the page tree; real ones have two to five."""

_RANGE_WIDTH = 10
"""Digits of a number in ``ByteRange``: the same offsets as in a cross-reference table."""


class Prepared(NamedTuple):
    """The file around the hole where the signature goes: ``before`` and ``after`` are what is signed."""

    before: bytes
    after: bytes
    room: int

    def digest(self, algorithm: str) -> bytes:
        """The digest of everything but the hole (ISO 32000-1 §12.8.1)."""
        hashing = hashlib.new(algorithm, self.before)
        hashing.update(self.after)
        return hashing.digest()

    def filled(self, signature: bytes) -> bytes:
        """The whole file; the rest of the hole is zeros."""
        padded = signature + bytes(self.room - len(signature))
        return b"".join((self.before, b"<", padded.hex().encode("ascii"), b">", self.after))


def prepare(pdf: bytes, *, at: dt.datetime, sealer: str, room: int, final: bool) -> Prepared:
    """The PDF with a signature field whose signature of at most ``room`` bytes is still to be made.

    Raises:
        StateError: ``seal.pdf-final``, an earlier seal forbids another.
        DecodeError, UnsupportedError, LimitError: as `PdfFile`.
    """
    file = PdfFile(pdf)
    update = _Update(file)
    catalog_reference = reference_of(file.trailer.get(b"/Root", b""))
    if catalog_reference is None:
        raise damaged("/Root")
    catalog = file.dictionary(file.trailer[b"/Root"])
    form = file.dictionary(catalog.get(b"/AcroForm", b"<<>>"))
    _check_open(file, catalog)
    signed = _is_signed(form)
    certified = final and b"/Perms" not in catalog and not signed
    page = _first_page(file, catalog)
    seal, widget = update.new(), update.new()
    entries = {
        b"/Type": b"/Annot",
        b"/Subtype": b"/Widget",
        b"/FT": b"/Sig",
        b"/T": text_bytes(_free_name(file, form)),
        b"/TU": text_bytes(say("Electronic seal of %(name)s", name=sealer)),
        b"/F": b"%d" % (_PRINT | _LOCKED),
        b"/Rect": b"[0 0 0 0]",
        b"/P": page,
        b"/V": seal,
    }
    # A change of the structure tree would break the seals that are there already.
    tagged = b"/StructTreeRoot" in catalog and not signed
    if tagged:
        entries[b"/StructParent"] = _tag(update, catalog[b"/StructTreeRoot"], widget, page)
    update.put(widget, dictionary_bytes(entries))
    _annotate(update, page, widget, tagged=tagged)
    _add_field(update, catalog, form, widget)
    if certified:
        catalog[b"/Perms"] = b"<</DocMDP %s>>" % seal
    update.put(b"%d %d R" % catalog_reference, dictionary_bytes(catalog))
    return update.written(seal, _signature(at, sealer, certified=certified), room)


def _signature(at: dt.datetime, sealer: str, *, certified: bool) -> dict[bytes, bytes]:
    """The signature dictionary but for its range and contents (EN 319 142-1 §6.3: the time is in M, not in the CMS)."""
    moment = at.astimezone(dt.UTC)
    entries = {
        b"/Type": b"/Sig",
        b"/Filter": b"/Adobe.PPKLite",
        b"/SubFilter": b"/ETSI.CAdES.detached",
        b"/M": b"(D:%s+00'00')" % moment.strftime("%Y%m%d%H%M%S").encode("ascii"),
        b"/Name": text_bytes(sealer),
    }
    if certified:  # §12.8.2.2: nothing may be added but what keeps the seal verifiable
        transform = b"<</Type/TransformParams/P 1/V/1.2>>"
        entries[b"/Reference"] = b"[<</Type/SigRef/TransformMethod/DocMDP/TransformParams%s>>]" % transform
    return entries


class _Update:
    """New and changed objects, to be appended to the file."""

    def __init__(self, file: PdfFile) -> None:
        self.file = file
        self._next = file.size
        self._objects: dict[int, tuple[int, bytes]] = {}

    def new(self) -> bytes:
        """A reference to an object still to be put."""
        self._next += 1
        return b"%d 0 R" % (self._next - 1)

    def put(self, reference: bytes, content: bytes) -> None:
        """The content of a new object, or the new content of an old one."""
        parsed = reference_of(reference)
        if parsed is None:
            raise damaged(reference)
        self._objects[parsed[0]] = (parsed[1], content)

    def dictionary(self, raw: bytes) -> dict[bytes, bytes]:
        """The entries as they are after the changes made so far."""
        reference = reference_of(raw)
        if reference is not None and reference[0] in self._objects:
            return dictionary_entries(self._objects[reference[0]][1])
        return self.file.dictionary(raw)

    def written(self, seal: bytes, entries: dict[bytes, bytes], room: int) -> Prepared:
        """The file with all objects, the signature dictionary last, and their cross references."""
        parts, offsets = [self.file.data], dict[int, tuple[int, int]]()
        if self.file.data[-1:] not in b"\r\n":
            parts.append(b"\n")
        position = sum(map(len, parts))
        for number, (generation, content) in sorted(self._objects.items()):
            text = b"%d %d obj\n%s\nendobj\n" % (number, generation, content)
            offsets[number] = (position, generation)
            parts.append(text)
            position += len(text)
        sealed = reference_of(seal)
        if sealed is None:
            raise damaged(seal)
        offsets[sealed[0]] = (position, 0)
        opening = b"%d 0 obj\n%s/ByteRange [" % (sealed[0], dictionary_bytes(entries)[: -len(b">>")])
        filler = b"]" + b" " * (3 * _RANGE_WIDTH + 3)
        start = position + len(opening) + 1 + len(filler) + len(b"/Contents ")
        hole = 2 * room + 2
        closing = b">>\nendobj\n"
        references = self._references(offsets, start + hole + len(closing))
        after = closing + references
        numbers = b"0 %d %d %d]" % (start, start + hole, len(after))
        padded = numbers + b" " * (1 + len(filler) - len(numbers))
        before = b"".join((*parts, opening, padded, b"/Contents "))
        return Prepared(before=before, after=after, room=room)

    def _references(self, offsets: dict[int, tuple[int, int]], position: int) -> bytes:
        """The cross-reference section and the trailer, of the kind that the file has already (§7.5.8.4)."""
        trailer = {
            name: value for name, value in self.file.trailer.items() if name in (b"/Root", b"/Info", b"/ID")
        }
        trailer[b"/Prev"] = b"%d" % self.file.startxref
        if b"/ID" in trailer:
            trailer[b"/ID"] = self._identifiers(trailer[b"/ID"], offsets)
        if self.file.has_xref_stream:
            offsets[self._next] = (position, 0)
            trailer[b"/Size"] = b"%d" % (self._next + 1)
            body = _stream_section(self._next, offsets, trailer)
        else:
            trailer[b"/Size"] = b"%d" % self._next
            body = _table_section(offsets) + b"trailer\n%s\n" % dictionary_bytes(trailer)
        return b"%sstartxref\n%d\n%%%%EOF\n" % (body, position)

    def _identifiers(self, raw: bytes, offsets: dict[int, tuple[int, int]]) -> bytes:
        """§14.4: the first part stays, the second changes with the content; equal input gives equal output."""
        items = array_items(self.file.resolve(raw))
        if len(items) != 2:
            raise damaged("/ID")
        hashing = hashlib.sha256(self.file.data)
        for number in offsets:
            hashing.update(self._objects.get(number, (0, b""))[1])
        return b"[%s<%s>]" % (items[0], hashing.hexdigest()[:32].upper().encode("ascii"))


def _runs(offsets: dict[int, tuple[int, int]]) -> list[list[int]]:
    """Object numbers in runs of consecutive ones."""
    runs: list[list[int]] = []
    for number in sorted(offsets):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _table_section(offsets: dict[int, tuple[int, int]]) -> bytes:
    lines = [b"xref\n"]
    for run in _runs(offsets):
        lines.append(b"%d %d\n" % (run[0], len(run)))
        lines += [b"%010d %05d n\r\n" % offsets[number] for number in run]
    return b"".join(lines)


def _stream_section(number: int, offsets: dict[int, tuple[int, int]], trailer: dict[bytes, bytes]) -> bytes:
    runs = _runs(offsets)
    content = b"".join(
        b"\1" + offsets[one][0].to_bytes(4) + offsets[one][1].to_bytes(2) for run in runs for one in run
    )
    head = {
        b"/Type": b"/XRef",
        b"/W": b"[1 4 2]",
        b"/Index": array_bytes([b"%d %d" % (run[0], len(run)) for run in runs]),
        b"/Length": b"%d" % len(content),
        **trailer,
    }
    return b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, dictionary_bytes(head), content)


# --- the document ------------------------------------------------------------------------------------


def _is_signed(form: dict[bytes, bytes]) -> bool:
    return bool(integer_of(form.get(b"/SigFlags", b"0")) & _SIGNATURES_EXIST)


def _check_open(file: PdfFile, catalog: dict[bytes, bytes]) -> None:
    """Whether a certifying seal allows further ones (§12.8.2.2, Table 254; without P it is 2, which does)."""
    permissions = file.dictionary(catalog.get(b"/Perms", b"<<>>"))
    if b"/DocMDP" not in permissions:
        return
    for reference in file.array(file.dictionary(permissions[b"/DocMDP"]).get(b"/Reference", b"[]")):
        parameters = file.dictionary(file.dictionary(reference).get(b"/TransformParams", b"<<>>"))
        if integer_of(parameters.get(b"/P", b"2")) == 1:
            raise StateError(
                say("The PDF is sealed already, and that seal allows no other."),
                code="seal.pdf-final",
                hint=say("Seal the file as it was before, or make it anew."),
            )


def _first_page(file: PdfFile, catalog: dict[bytes, bytes]) -> bytes:
    """The reference of the first page (§7.7.3)."""
    node = catalog.get(b"/Pages", b"")
    for _ in range(_MAX_TREE_DEPTH):
        entries = file.dictionary(node)
        if entries.get(b"/Type") == b"/Page":
            return node
        kids = file.array(entries.get(b"/Kids", b"[]"))
        node = next((kid for kid in kids if _leaves(file, kid) > 0), b"")
        if reference_of(node) is None:
            break
    raise damaged("/Pages")


def _leaves(file: PdfFile, node: bytes) -> int:
    entries = file.dictionary(node)
    return 1 if entries.get(b"/Type") == b"/Page" else integer_of(entries.get(b"/Count", b"0"))


def _annotate(update: _Update, page: bytes, widget: bytes, *, tagged: bool) -> None:
    """The widget among the page's annotations; ``Tabs`` as PDF/UA-1 §7.18.3 has it."""
    entries = update.file.dictionary(page)
    annotations = entries.get(b"/Annots", b"[]")
    listed = array_bytes([*update.file.array(annotations), widget])
    if reference_of(annotations) is not None:
        update.put(annotations, listed)
    else:
        entries[b"/Annots"] = listed
    if tagged:
        entries[b"/Tabs"] = b"/S"
    update.put(page, dictionary_bytes(entries))


def _add_field(update: _Update, catalog: dict[bytes, bytes], form: dict[bytes, bytes], widget: bytes) -> None:
    fields = form.get(b"/Fields", b"[]")
    listed = array_bytes([*update.file.array(fields), widget])
    flags = integer_of(form.get(b"/SigFlags", b"0")) | _SIGNATURES_EXIST | _APPEND_ONLY
    form[b"/SigFlags"] = b"%d" % flags
    if reference_of(fields) is not None:
        update.put(fields, listed)
    else:
        form[b"/Fields"] = listed
    if reference_of(catalog.get(b"/AcroForm", b"")) is not None:
        update.put(catalog[b"/AcroForm"], dictionary_bytes(form))
    else:
        catalog[b"/AcroForm"] = dictionary_bytes(form)


def _free_name(file: PdfFile, form: dict[bytes, bytes]) -> str:
    """A name that no other field has: names of fields are unique (§12.7.3.2)."""
    taken = {file.dictionary(field).get(b"/T", b"") for field in file.array(form.get(b"/Fields", b"[]"))}
    number = next(n for n in range(1, len(taken) + 2) if text_bytes(f"Seal{n}") not in taken)
    return f"Seal{number}"


def _tag(update: _Update, root: bytes, widget: bytes, page: bytes) -> bytes:
    """The widget as a form element in the structure tree (§14.7.4.3; PDF/UA-1 §7.18.4); gives its key in the parent tree."""
    if reference_of(root) is None:
        raise damaged("/StructTreeRoot")
    tree = update.file.dictionary(root)
    element = update.new()
    parents = update.file.dictionary(tree.get(b"/ParentTree", b"<</Nums[]>>"))
    key = _next_key(update.file, tree, parents)
    tree[b"/ParentTreeNextKey"] = b"%d" % (key + 1)
    if b"/Kids" in parents:
        leaf = update.new()
        update.put(leaf, b"<</Limits[%d %d]/Nums[%d %s]>>" % (key, key, key, element))
        parents[b"/Kids"] = array_bytes([*update.file.array(parents[b"/Kids"]), leaf])
    else:
        pairs = update.file.array(parents.get(b"/Nums", b"[]"))
        parents[b"/Nums"] = array_bytes([*pairs, b"%d" % key, element])
    if reference_of(tree.get(b"/ParentTree", b"")) is not None:
        update.put(tree[b"/ParentTree"], dictionary_bytes(parents))
    else:
        tree[b"/ParentTree"] = dictionary_bytes(parents)
    kids = _kids(update.file, tree)
    above = root
    if kids and reference_of(kids[0]) is not None:  # the document element, of which everything is a part
        above = kids[0]
        document = update.file.dictionary(above)
        document[b"/K"] = array_bytes([*_kids(update.file, document), element])
        update.put(above, dictionary_bytes(document))
    else:
        tree[b"/K"] = array_bytes([*kids, element])
    update.put(root, dictionary_bytes(tree))
    content = b"<</Type/OBJR/Pg %s/Obj %s>>" % (page, widget)
    update.put(element, b"<</Type/StructElem/S/Form/P %s/Pg %s/K %s>>" % (above, page, content))
    return b"%d" % key


def _kids(file: PdfFile, node: dict[bytes, bytes]) -> list[bytes]:
    """The children of a structure node: none, one, or an array (§14.7.2)."""
    raw = node.get(b"/K")
    if raw is None:
        return []
    return file.array(raw) if file.resolve(raw).startswith(b"[") else [raw]


def _next_key(file: PdfFile, tree: dict[bytes, bytes], parents: dict[bytes, bytes]) -> int:
    """The first key that the parent tree does not have; the tree's own word counts when it states one."""
    if b"/ParentTreeNextKey" in tree:
        return integer_of(tree[b"/ParentTreeNextKey"])
    if b"/Kids" in parents:
        last = file.dictionary(file.array(parents[b"/Kids"])[-1])
        return integer_of(file.array(last.get(b"/Limits", b"[]"))[-1]) + 1
    keys = file.array(parents.get(b"/Nums", b"[]"))[::2]
    return max((integer_of(key) for key in keys), default=-1) + 1
