"""What baking a picture means, whichever the picture's format."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from tessella.errors import DecodeError
from tessella.text import say

__all__ = ["Baked", "Carrier", "only_one"]


class Carrier(enum.Enum):
    """A way of baking: PNG keyword, and SVG namespace and element."""

    OPEN_BADGES_3 = (b"openbadgecredential", "https://purl.imsglobal.org/ob/v3p0", "credential")
    OPEN_BADGES_2 = (b"openbadges", "http://openbadges.org", "assertion")
    CLR = (b"clrcredential", "https://purl.imsglobal.org/clr/v2p0", "credential")

    def __init__(self, keyword: bytes, namespace: str, element: str) -> None:
        self.keyword = keyword
        self.namespace = namespace
        self.element = element

    @classmethod
    def by_keyword(cls, keyword: bytes) -> Carrier | None:
        """The carrier with this PNG keyword, or None."""
        return next((carrier for carrier in cls if carrier.keyword == keyword), None)

    @classmethod
    def by_element(cls, namespace: str, element: str) -> Carrier | None:
        """The carrier with this SVG element, or None."""
        wanted = (namespace, element)
        return next((c for c in cls if (c.namespace, c.element) == wanted), None)


class Baked(msgspec.Struct, frozen=True, kw_only=True):
    """A credential found in a picture: how it was baked in, and its text (UTF-8)."""

    carrier: Carrier
    text: bytes


def only_one(found: Sequence[Baked]) -> tuple[Baked, ...]:
    """The same, when no carrier comes twice (Open Badges 3.0, “Baking”).

    Raises:
        DecodeError: ``container.several``.
    """
    carriers = [baked.carrier for baked in found]
    for carrier in carriers:
        if carriers.count(carrier) > 1:
            raise DecodeError(
                say("The picture holds more than one credential of the same kind."),
                code="container.several",
                got=carriers.count(carrier),
                expected=1,
                hint=say("Ask the issuer for a picture with one credential."),
            )
    return tuple(found)
