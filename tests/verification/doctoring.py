"""Certificates of ours changed with another program's library (pikepdf, which is qpdf): what forgers do to a page. Everybody is invented."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf, Stream, String

Change = Callable[[Pdf], None]


def doctored(pdf: bytes, *changes: Change, **saving: Any) -> bytes:
    """The file written anew with these changes, attachments and all."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(pdf)) as opened:
        for change in changes:
            change(opened)
        opened.save(out, **saving)
    return out.getvalue()


def added_later(pdf: bytes, change: Change) -> bytes:
    """The change as an update at the end of the file, as editors save it: the first state stays in it."""
    writer = pypdf.PdfWriter(io.BytesIO(pdf), incremental=True)
    edited = pypdf.PdfReader(io.BytesIO(doctored(pdf, change)))
    for number, page in enumerate(edited.pages):
        own = writer.pages[number]
        content = pypdf.generic.DecodedStreamObject()
        content.set_data(page.get_contents().get_data())
        own[pypdf.generic.NameObject("/Contents")] = writer._add_object(content)
        fonts = page["/Resources"].get("/Font")
        if fonts:
            own["/Resources"].get_object()[pypdf.generic.NameObject("/Font")] = fonts.get_object().clone(
                writer
            )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _helvetica(pdf: Pdf, page: Any) -> Name:
    font = pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
    )
    return page.add_resource(font, Name.Font, prefix="Forged")


def overprinted(text: str, box: tuple[float, float, float, float], page: int = 0) -> Change:
    """A white rectangle over a place, and other words on it."""

    def change(pdf: Pdf) -> None:
        shown = pdf.pages[page]
        font = _helvetica(pdf, shown)
        left, bottom, right, top = box
        commands = (
            f"q 1 g {left} {bottom} {right - left} {top - bottom} re f "
            f"0 g BT {font} 18 Tf {left} {bottom + 5} Td ({text}) Tj ET Q"
        )
        shown.contents_add(b"q", prepend=True)
        shown.contents_add(b"Q\n" + commands.encode("cp1252"))

    return change


def written(text: str, at: tuple[float, float], page: int = 0) -> Change:
    """Words put on a free place of the page."""

    def change(pdf: Pdf) -> None:
        shown = pdf.pages[page]
        font = _helvetica(pdf, shown)
        shown.contents_add(b"q", prepend=True)
        shown.contents_add(f"Q BT {font} 12 Tf {at[0]} {at[1]} Td ({text}) Tj ET".encode("cp1252"))

    return change


def annotated(text: str, box: tuple[float, float, float, float], *, drawn: bool) -> Change:
    """A comment box over the page: as text alone, or with a drawing of its own."""

    def change(pdf: Pdf) -> None:
        page = pdf.pages[0]
        entries = Dictionary(
            Type=Name.Annot, Subtype=Name.FreeText, Rect=Array(list(box)), Contents=String(text), F=4
        )
        if drawn:
            width, height = box[2] - box[0], box[3] - box[1]
            commands = f"1 g 0 0 {width} {height} re f 0 g BT /Helv 14 Tf 2 5 Td ({text}) Tj ET"
            font = Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
            )
            entries.AP = Dictionary(
                N=Stream(
                    pdf,
                    commands.encode("cp1252"),
                    Type=Name.XObject,
                    Subtype=Name.Form,
                    BBox=Array([0, 0, width, height]),
                    Resources=Dictionary(Font=Dictionary(Helv=font)),
                )
            )
        page.obj.Annots = Array([*page.obj.get("/Annots", []), pdf.make_indirect(entries)])

    return change


def rewritten(find: str, put: str, page: int = 0, *, all_pages: bool = False) -> Change:
    """Other letters in the commands of the page itself, in the same embedded type where it has them, else in Helvetica."""

    def change(pdf: Pdf) -> None:
        numbers = range(len(pdf.pages)) if all_pages else (page,)
        done = [_rewrite(pdf, pdf.pages[number], find, put) for number in numbers]
        if not any(done):
            raise AssertionError(f"{find!r} is on no page")

    return change


def _rewrite(pdf: Pdf, page: Any, find: str, put: str) -> bool:
    fonts = {str(name): _codes(font) for name, font in page.obj.Resources.get("/Font", {}).items()}
    helvetica = None
    current, size, done, out = "", 1.0, False, []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            current, size = str(operands[0]), float(operands[1])
        if str(operator) in ("TJ", "Tj") and (known := fonts.get(current)):
            parts = operands[0] if str(operator) == "TJ" else [operands[0]]
            codes = b"".join(bytes(one) for one in parts if isinstance(one, String))
            text = "".join(known.get(codes[at : at + 2], "?") for at in range(0, len(codes), 2))
            if find in text:
                done = True
                by_letter = {letter: code for code, letter in known.items()}
                new = text.replace(find, put)
                if all(letter in by_letter for letter in new):
                    out.append(([String(b"".join(by_letter[letter] for letter in new))], Operator("Tj")))
                else:
                    helvetica = helvetica or _helvetica(pdf, page)
                    out.append(([helvetica, size], Operator("Tf")))
                    out.append(([String(new.encode("cp1252", "replace"))], Operator("Tj")))
                    out.append(([Name(current), size], Operator("Tf")))
                continue
        out.append((operands, operator))
    page.obj.Contents = pdf.make_stream(pikepdf.unparse_content_stream(out))
    return done


def _codes(font: Any) -> dict[bytes, str]:
    """The letters that a font of ours has, by their codes, read from its ToUnicode map."""
    table = font.ToUnicode.read_bytes().decode("ascii")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, letter in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(letter).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.S):
        for first, last, to in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for code in range(int(first, 16), int(last, 16) + 1):
                letter = chr(ord(bytes.fromhex(to).decode("utf-16-be")) + code - int(first, 16))
                found[code.to_bytes(2)] = letter
    return found


def unsealed(pdf: Pdf) -> None:
    """The seal taken out; the rest of the file is as before."""
    if "/AcroForm" in pdf.Root:
        del pdf.Root.AcroForm
    for page in pdf.pages:
        if "/Annots" in page.obj:
            page.obj.Annots = Array([one for one in page.obj.Annots if one.get("/Subtype") != Name.Widget])


def stripped(pdf: Pdf) -> None:
    """Without the files in it."""
    for name in list(pdf.attachments):
        del pdf.attachments[name]
    if "/AF" in pdf.Root:
        del pdf.Root.AF


def flattened(picture: bytes, size: tuple[int, int]) -> Change:
    """Every page as one picture (grey, 8 bits)."""

    def change(pdf: Pdf) -> None:
        shown = Stream(
            pdf, picture, Type=Name.XObject, Subtype=Name.Image, Width=size[0], Height=size[1],
            ColorSpace=Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        for page in pdf.pages:
            page.obj.Resources = Dictionary(XObject=Dictionary(Scan=shown))
            page.obj.Contents = pdf.make_stream(b"q 595 0 0 842 0 0 cm /Scan Do Q")

    return change


def moved_off(find: str) -> Change:
    """A rectangle of nothing: the text set beyond the edge of the page, in its own place other words."""
    return lambda pdf: setattr(pdf.pages[0].obj, "CropBox", Array([0, 0, 595, 300]))
