"""Mails (RFC 5322, MIME) and mailboxes (RFC 4155): the files attached to them, through forwarded mails.

Headers decide nothing here: who a mail says it is from speaks for no credential. Names of attachments are shown and never
used as paths.
"""

from __future__ import annotations

import email
import email.header
import email.message
import re
from collections.abc import Iterator, Sequence
from email.policy import compat32

import msgspec

from tessella.containers._limits import (
    MAX_FILE_BYTES,
    MAX_MAIL_PARTS,
    MAX_MAIL_WORK,
    MAX_MAILS,
    check_size,
)
from tessella.errors import DecodeError, LimitError
from tessella.text import say

__all__ = ["MailPart", "is_mail", "read_mail"]

_HEADER_BYTES = 64 * 1024
"""Where headers are looked for: signatures and transport marks of a mail fill some kilobytes."""

_FIELD = re.compile(rb"([!-9;-~]{1,76}):")
_KNOWN_FIELDS = frozenset(
    b"from to cc date subject sender reply-to message-id mime-version content-type received return-path delivered-to".split()
)
_MIN_FIELDS = 3
"""Known header fields that make a text a mail; a letter that begins with “To:” has one or two."""

_SEPARATOR = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\r?\n")
"""The line before each mail of a mailbox: at the start of the file or after an empty line (RFC 4155 Appendix A)."""

_BOUNDARY = re.compile(rb"boundary\*?(?:0\*?)?\s*=", re.IGNORECASE)

MAX_NAME_CHARACTERS = 200
"""Of the name of an attachment, as it is shown."""

_FOREIGN = (ValueError, TypeError, LookupError, AttributeError, RecursionError, AssertionError)
"""What the standard library has been seen to raise over mails made to break it (bad character sets, addresses, nesting)."""


class MailPart(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a mail: its name (a file name, else made up), its content, and whether it is text of the mail itself."""

    name: str
    data: bytes
    is_text: bool = False


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail or a mailbox: told from its header fields."""
    head = data[:_HEADER_BYTES].removeprefix(b"\xef\xbb\xbf")
    if match := _SEPARATOR.match(head):
        head = head[match.end() :]
    found = set()
    for line in head.splitlines():
        if not line:
            break
        if line[:1] in b" \t":
            continue
        field = _FIELD.match(line)
        if field is None:
            return False
        found.add(field.group(1).lower())
    return len(found & _KNOWN_FIELDS) >= _MIN_FIELDS


def read_mail(data: bytes) -> tuple[MailPart, ...]:
    """The parts of a mail that are files or text, in their order; those of a forwarded mail have its name before theirs.

    A mailbox gives the parts of all its mails, each under ``mail 1``, ``mail 2`` and so on. Text of the mail itself is given
    as well (somebody may have pasted a credential), marked as such. Encrypted and signed mails give what can be seen of them.

    Raises:
        DecodeError: ``container.mail`` the mail cannot be taken apart.
        LimitError: ``container.size``; ``container.members`` more parts, or more mails, than an honest file has;
            ``container.mail-work`` so many lines and boundaries that reading it would take too long.
    """
    check_size(data, MAX_FILE_BYTES)
    mails = _mails(data)
    if sum(_work(mail) for _, mail in mails) > MAX_MAIL_WORK:
        raise LimitError(
            say("The mail is made of more parts and lines than can be read in good time."),
            code="container.mail-work",
            expected=MAX_MAIL_WORK,
            hint=say("Save the attachments and give the files themselves."),
        )
    return tuple(part for where, mail in mails for part in _parts_of(mail, where))


def _mails(data: bytes) -> list[tuple[str, bytes]]:
    """The mails of a mailbox with what to call them; of any other file the whole."""
    starts = [match.span() for match in _SEPARATOR.finditer(data)]
    if not starts or starts[0][0] != 0:
        return [("", data)]
    if len(starts) > MAX_MAILS:
        raise _too_many(len(starts), MAX_MAILS)
    ends = [start for start, _ in starts[1:]] + [len(data)]
    found = [data[start:end] for (_, start), end in zip(starts, ends, strict=True)]
    if len(found) == 1:
        return [("", found[0])]
    return [(say("mail %(number)s", number=number), mail) for number, mail in enumerate(found, 1)]


def _work(mail: bytes) -> int:
    return (1 + sum(1 for _ in _BOUNDARY.finditer(mail))) * mail.count(b"\n")


def _parts_of(data: bytes, where: str) -> tuple[MailPart, ...]:
    try:
        message = email.message_from_bytes(data, policy=compat32)
        return tuple(_Walk().parts(message, where))
    except LimitError:
        raise
    except _FOREIGN as error:
        raise DecodeError(
            say("The mail cannot be taken apart."),
            code="container.mail",
            place=where,
            hint=say("Save the attachment and give the file itself."),
        ) from error


class _Walk:
    """Goes through one mail, counting."""

    def __init__(self) -> None:
        self._count = 0

    def parts(self, message: email.message.Message, where: str) -> Iterator[MailPart]:
        self._count += 1
        if self._count > MAX_MAIL_PARTS:
            raise _too_many(self._count, MAX_MAIL_PARTS)
        payload = message.get_payload()
        if isinstance(payload, list):
            inside = where
            if message.get_content_type() == "message/rfc822":
                inside = _at(where, _name(message) or _subject(payload) or say("forwarded mail"))
            for part in payload:
                if isinstance(part, email.message.Message):
                    yield from self.parts(part, inside)
            return
        content = message.get_payload(decode=True)
        if isinstance(content, bytes) and content.strip():
            name = _name(message)
            yield MailPart(
                name=_at(where, name or say("part %(number)s", number=self._count)),
                data=content,
                is_text=not name and message.get_content_maintype() == "text",
            )


def _name(message: email.message.Message) -> str:
    """The name of an attachment, also as mailers write it that encode it in the way of headers (RFC 2047 §5)."""
    return _decoded(message.get_filename() or "")


def _subject(payload: Sequence[object]) -> str:
    inner = payload[0] if payload else None
    return _decoded(str(inner.get("Subject", ""))) if isinstance(inner, email.message.Message) else ""


def _decoded(value: str) -> str:
    try:
        text = str(email.header.make_header(email.header.decode_header(value))) if "=?" in value else value
    except (*_FOREIGN, email.errors.HeaderParseError):
        text = value
    plain = text.encode("utf-8", "replace").decode()
    return " ".join(plain.split())[:MAX_NAME_CHARACTERS]


def _at(where: str, name: str) -> str:
    return f"{where} > {name}" if where else name


def _too_many(got: int, limit: int) -> LimitError:
    return LimitError(
        say("The mail has %(got)s parts; the limit is %(limit)s.", got=got, limit=limit),
        code="container.members",
        got=got,
        expected=limit,
        hint=say("Save the attachments and give the files themselves."),
    )
