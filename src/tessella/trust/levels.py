"""The levels at which a sealer is known, in the words of the eIDAS Regulation (EU) No 910/2014."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

import msgspec

__all__ = ["LEVELS", "Level", "TrustLevel"]


class TrustLevel(enum.StrEnum):
    """How it is known who sealed, from the strongest to the weakest."""

    QUALIFIED_SEAL = "qualified-seal"
    QUALIFIED_CERTIFICATE = "qualified-certificate"
    ADVANCED_SEAL = "advanced-seal"
    DOMAIN_KEY = "domain-key"
    KEY_ONLY = "key-only"


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One level for people (English templates for `tessella.text.say`) and the clause it rests on."""

    title: str
    meaning: str
    clause: str = ""


LEVELS: Mapping[TrustLevel, Level] = MappingProxyType(
    {
        TrustLevel.QUALIFIED_SEAL: Level(
            title="qualified electronic seal",
            meaning="A provider on an EU trusted list checked this organisation and issued its certificate; "
            "the law presumes that the content is intact and comes from it.",
            clause="Regulation (EU) No 910/2014, Articles 3(27) and 35(2)",
        ),
        TrustLevel.QUALIFIED_CERTIFICATE: Level(
            title="advanced electronic seal with a qualified certificate",
            meaning="A provider on an EU trusted list checked this organisation and issued its certificate; that the key is "
            "kept in a qualified device is not stated, so the law does not presume what it does for a qualified seal.",
            clause="Regulation (EU) No 910/2014, Articles 3(30), 37(1) and 38",
        ),
        TrustLevel.ADVANCED_SEAL: Level(
            title="advanced electronic seal",
            meaning="The certificate leads to an authority that this service was set up to trust; that the seal is a "
            "qualified one is not established.",
            clause="Regulation (EU) No 910/2014, Articles 3(26) and 36",
        ),
        TrustLevel.DOMAIN_KEY: Level(
            title="key published at the issuer's domain",
            meaning="Whoever controls the issuer's web domain published the key; nobody checked who that is.",
        ),
        TrustLevel.KEY_ONLY: Level(
            title="key only",
            meaning="The content is intact since somebody with this key sealed it; nothing outside the file "
            "says who that is.",
        ),
    }
)
"""Every level with its words."""
