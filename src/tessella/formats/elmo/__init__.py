"""ELMO (EMREX): achievements as student information systems exchange them, in XML.

::

    write       award → ELMO 1.6 file, unsealed
    read        any ELMO file (1.x, 2.x) → its achievements, one by one
    validate    what of the form of ELMO 1.x is broken
    audit       where extension and ELMO's own elements contradict each other
    detect      whether a root element is that of an ELMO file
    FIELD_MAP, losses     what is carried where, and what is lost
    EXTENSION_NAMESPACE   of our elements for what ELMO has no place for
"""

from tessella.formats.elmo._names import EXTENSION_NAMESPACE, NAMESPACE
from tessella.formats.elmo._values import Note
from tessella.formats.elmo.auditing import audit
from tessella.formats.elmo.fieldmap import FIELD_MAP, losses
from tessella.formats.elmo.reading import MAX_ACHIEVEMENTS, ElmoRead, detect, read
from tessella.formats.elmo.validation import Violation, validate
from tessella.formats.elmo.writing import Attachment, write

__all__ = [
    "EXTENSION_NAMESPACE",
    "FIELD_MAP",
    "MAX_ACHIEVEMENTS",
    "NAMESPACE",
    "Attachment",
    "ElmoRead",
    "Note",
    "Violation",
    "audit",
    "detect",
    "losses",
    "read",
    "validate",
    "write",
]
