"""One entry of a controlled list, ours or anybody's."""

from __future__ import annotations

import msgspec

from tessella.text import Text, pick

__all__ = ["Concept"]


class Concept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A SKOS concept as credentials carry it.

    ``uri`` identifies it; ``scheme`` is the URI of the list it is in; ``code`` its short stable name within
    the list (``online``, ``0613``, ``6``, ``NLD``), empty for concepts of lists we do not know; ``labels`` are
    texts per language. Foreign concepts (``urn:`` URIs, unknown schemes) are allowed and kept as they are.
    """

    uri: str
    scheme: str = ""
    code: str = ""
    labels: Text = {}
    broader: str = ""

    def label(self, *languages: str) -> str:
        """The label in the first of the languages it has, else English, else any, else the URI."""
        return pick(self.labels, languages or ("en",)) or self.uri
