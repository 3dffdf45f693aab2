"""What the rules allow and is doubtful: extensions that say something else than ELMO's own elements."""

from __future__ import annotations

from tessella.canonical.strictxml import parse_xml
from tessella.errors import SchemaError
from tessella.formats.elmo._values import Note
from tessella.formats.elmo.fieldmap import carried_fields
from tessella.formats.elmo.reading import ElmoRead, read, read_plain, root_of
from tessella.formats.elmo.writing import Attachment, write
from tessella.text import say

__all__ = ["audit"]


def audit(data: bytes) -> tuple[Note, ...]:
    """Fields that a file of ours states twice and differently; for files of others nothing is stated twice.

    Those who do not know the extension read the one value, those who do the other.

    Raises:
        SchemaError, DecodeError, LimitError: as `tessella.formats.elmo.read`.
    """
    found = read(data)
    if len(found) != 1 or not found[0].credential_id or found[0].award is None:
        return ()
    return tuple(
        Note(
            code="elmo.contradiction",
            message=say(
                "The extension says something else of “%(place)s” than ELMO's own element.", place=place
            ),
            place=place,
        )
        for place in _contradictions(data, found[0])
    )


def _contradictions(data: bytes, one: ElmoRead) -> list[str]:
    """Where the file's own elements differ from those that the record, extensions included, would be written with."""
    award = one.award
    if award is None or award.issued_at is None:
        return []
    stated = read_plain(root_of(data))
    marked = [Attachment(content=b"")] if stated.micro_credential.is_micro_credential else []
    try:
        again = write(
            award, credential_id="", issued_at=award.issued_at, issuer=one.issuer, attachments=marked
        )
    except SchemaError:  # the record lacks what writing asks for
        return []
    meant = read_plain(parse_xml(again, bare=True))
    pairs = (
        ("learner.", stated.learner, meant.learner),
        ("micro_credential.", stated.micro_credential, meant.micro_credential),
        ("", stated, meant),
    )
    return [
        prefix + name
        for prefix, left, right in pairs
        for name in carried_fields(type(left))
        if getattr(left, name) != getattr(right, name)
    ]
