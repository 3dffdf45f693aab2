"""European Digital Credentials for Learning: the European Learning Model (ELM) 3.2 as JSON-LD on VCDM 1.1.

- `write` makes an unsealed credential of an award; `losses` says what it cannot hold; `FIELD_MAP` says what goes where.
- `read` makes an award of anybody's credential; `detect` tells whether a document is one.
- `validate` gives the verdict of the official SHACL shapes, with places and remedies, about a hundred times faster.
- `audit` notes what the shapes let pass: unknown or misplaced properties, concepts outside their list, odd durations.
"""

from tessella.formats.elm._tables import PROFILES
from tessella.formats.elm._views import Remark
from tessella.formats.elm.auditing import audit
from tessella.formats.elm.fields import CONDITIONAL, FIELD_MAP, losses
from tessella.formats.elm.reading import ElmRead, detect, read, unwrap
from tessella.formats.elm.validation import Violation, validate
from tessella.formats.elm.writing import (
    MANDATE_TYPES,
    WRITTEN_PROFILES,
    Mandate,
    SealIdentity,
    encode,
    write,
)

__all__ = [
    "CONDITIONAL",
    "FIELD_MAP",
    "MANDATE_TYPES",
    "PROFILES",
    "WRITTEN_PROFILES",
    "ElmRead",
    "Mandate",
    "Remark",
    "SealIdentity",
    "Violation",
    "audit",
    "detect",
    "encode",
    "losses",
    "read",
    "unwrap",
    "validate",
    "write",
]
