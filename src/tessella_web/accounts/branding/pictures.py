"""Pictures that people upload, made harmless: photos are drawn anew, drawings keep what only draws."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from lxml import etree
from PIL import Image as Picture

from tessella.model import Image
from tessella_web.common.errors import RefusedError

__all__ = ["MAX_UPLOAD_BYTES", "cleaned_picture"]

MAX_UPLOAD_BYTES = 2 * 1024 * 1024  # bytes
"""A logo as designers send it."""

MAX_PIXELS = 25_000_000
"""Of a picture before it is made smaller: 5,000 by 5,000. Opened it takes 100 MB."""

MAX_WIDTH, MAX_HEIGHT = 1_000, 400
"""Of what is kept: sharp in print at 14 mm height."""

MAX_KEPT_BYTES = 200 * 1024  # bytes
"""It is in each of thousands of certificates."""

MAX_NODES = 5_000
"""Elements of a drawing."""

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = frozenset(
    ["svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "defs", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "symbol", "use", "title", "desc"]
)  # fmt: skip
"""What draws and nothing else: no scripts, no styles, no pictures in pictures, no links, nothing that moves."""

_ATTRIBUTES = frozenset(
    ["id", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "width", "height", "viewBox", "points", "transform", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity", "offset", "stop-color", "stop-opacity", "gradientUnits", "gradientTransform", "spreadMethod", "clip-path", "clip-rule", "clipPathUnits", "mask", "maskUnits", "preserveAspectRatio", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "dx", "dy", "version", "display", "visibility"]
)  # fmt: skip
_STYLE_NAMES = _ATTRIBUTES - frozenset({"id", "d", "x", "y", "width", "height", "viewBox", "transform"})
_OWN_REFERENCE = re.compile(r"url\(\s*#[\w.-]+\s*\)\Z")


def cleaned_picture(data: bytes, *, field: str) -> Image:
    """The picture as it is kept: PNG, or a drawing (SVG) with nothing in it but shapes and words.

    Raises:
        RefusedError: at ``field``: ``branding.too-large``, ``branding.picture``.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise RefusedError(
            _("The picture is larger than %(limit)s MB.") % {"limit": MAX_UPLOAD_BYTES // 1024**2},
            code="branding.too-large", field=field, hint=_("Export it smaller."),
        )  # fmt: skip
    made = _drawing(data, field) if b"<svg" in data[:4096] else _photo(data, field)
    if len(made.content) > MAX_KEPT_BYTES:
        raise RefusedError(
            _("The picture is too rich for thousands of certificates."),
            code="branding.too-large", field=field, hint=_("Use a simpler drawing, or a PNG."),
        )  # fmt: skip
    return made


def _photo(data: bytes, field: str) -> Image:
    try:
        with Picture.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP")) as found:
            if found.width * found.height > MAX_PIXELS:
                raise _unusable(field)
            picture = found.convert(
                "RGBA" if "A" in found.getbands() or "transparency" in found.info else "RGB"
            )
    except (OSError, ValueError, SyntaxError, Picture.DecompressionBombError) as error:
        raise _unusable(field) from error
    picture.thumbnail((MAX_WIDTH, MAX_HEIGHT))
    target = io.BytesIO()
    picture.save(
        target, "PNG", optimize=True
    )  # drawn anew: where and with what it was made does not come along
    return Image(content=target.getvalue(), media_type="image/png")


def _drawing(data: bytes, field: str) -> Image:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unusable(field) from error
    if root.tag != f"{{{_SVG}}}svg" or root.getroottree().docinfo.doctype:
        raise _unusable(field)
    if sum(1 for _node in root.iter()) > MAX_NODES:
        raise _unusable(field)
    clean = _copied(root)
    if clean is None or not (clean.get("viewBox") or (clean.get("width") and clean.get("height"))):
        raise _unusable(field)
    return Image(content=etree.tostring(clean, encoding="utf-8"), media_type="image/svg+xml")


def _copied(node: etree._Element) -> etree._Element | None:
    """The element with what draws of its attributes and children."""
    if not isinstance(node.tag, str):
        return None
    space, _brace, name = node.tag.rpartition("}")
    if space != f"{{{_SVG}" or name not in _ELEMENTS:
        return None
    made = etree.Element(f"{{{_SVG}}}{name}", nsmap={None: _SVG})
    for key, value in _kept(node.attrib):
        made.set(key, value)
    made.text, made.tail = node.text, None
    for child in node:
        copy = _copied(child)
        if copy is not None:
            copy.tail = child.tail
            made.append(copy)
    return made


def _kept(attributes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in attributes.items():
        if key in ("href", _XLINK):
            if re.fullmatch(r"#[\w.-]+", value):
                yield "href", value
        elif key == "style":
            pairs = (part.partition(":")[::2] for part in value.split(";"))
            yield from (
                (name.strip(), text.strip())
                for name, text in pairs
                if name.strip() in _STYLE_NAMES and _is_harmless(text.strip())
            )
        elif key in _ATTRIBUTES and _is_harmless(value):
            yield key, value


def _is_harmless(value: str) -> bool:
    """Nothing that leads out of the drawing."""
    lowered = value.lower()
    if "url" in lowered:
        return bool(_OWN_REFERENCE.match(value.strip()))
    return not any(sign in lowered for sign in ("javascript", "data:", "http:", "https:", "expression", "\\"))


def _unusable(field: str) -> RefusedError:
    return RefusedError(
        _("This is not a picture that can be used."),
        code="branding.picture",
        field=field,
        hint=_("Upload a PNG or JPEG of at most 5,000 by 5,000 pixels, or a plain SVG drawing."),
    )
