"""How certificates of one organisation look, beyond what the record says: logo, colour, who signs, in which languages."""

from __future__ import annotations

import functools
import importlib.resources
import re
from collections.abc import Mapping

import msgspec

from tessella.errors import SchemaError
from tessella.model import Image
from tessella.rendering._palette import INK, PAPER, contrast, reaching
from tessella.text import Text, say

__all__ = [
    "MAX_EDITIONS",
    "MAX_SIGNATORIES",
    "TEXT_CONTRAST",
    "CertificateStyle",
    "Edition",
    "Signatory",
    "edition_in",
    "face_catalogues",
    "readable_colour",
]

MAX_SIGNATORIES = 3
"""So many stand beside one another on the page."""

MAX_EDITIONS = 6
"""Languages of one certificate: each adds a page and about a tenth of a second."""

TEXT_CONTRAST = 7.0
"""WCAG 2.2, 1.4.6 (level AAA)."""

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")


class Signatory(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose name stands below the certificate; ``picture`` is the drawn signature, which proves nothing."""

    name: str
    function: Text = {}
    picture: Image | None = None


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate in one language: ``languages`` of the record's texts, the best first, and the translation of the labels.

    Without ``catalogue`` the labels are in the language that is active, English by default. ``supplement``: with every element
    of the record, too, which wants a translation of all words.
    """

    languages: tuple[str, ...]
    catalogue: Mapping[str, str] | None = None
    supplement: bool = False


class CertificateStyle(msgspec.Struct, frozen=True, kw_only=True):
    """Logo (else the awarding body's), colour (``#rrggbb``, else by field of study), signatories and editions, the main one first.

    The first edition always has the supplement.
    """

    logo: Image | None = None
    colour: str = ""
    signatories: tuple[Signatory, ...] = ()
    editions: tuple[Edition, ...] = ()


@functools.cache
def _face_words() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = msgspec.json.decode(
        importlib.resources.files(__package__).joinpath("face_words.json").read_bytes()
    )
    return found


def face_catalogues() -> tuple[Mapping[str, str], ...]:
    """The translations of the first page that come with this package, beside English."""
    return tuple(_face_words().values())


def edition_in(tag: str) -> Edition:
    """The edition in a language (BCP 47), with the words of the first page where they come with this package.

    They do for German, French, Dutch, Spanish and Italian; English needs none. In other languages the labels stay English.
    """
    primary = tag.split("-")[0].lower()
    return Edition(languages=(tag,), catalogue=_face_words().get(primary, {}))


def readable_colour(colour: str) -> tuple[str, float]:
    """The colour as it is printed, and the contrast that the given one has with paper (1–21).

    A colour that is too light for text is mixed with ink until it contrasts by `TEXT_CONTRAST`.

    Raises:
        SchemaError: ``rendering.colour``, not ``#rrggbb``.
    """
    found = colour.lower()
    if not _COLOUR.match(found):
        raise SchemaError(
            say("“%(colour)s” is not a colour.", colour=colour[:40]),
            code="rendering.colour",
            place="colour",
            hint=say("Write it like #0b5c66."),
        )
    return reaching(TEXT_CONTRAST, found, INK), contrast(found, PAPER)
