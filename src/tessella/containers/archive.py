"""ZIP archives: their members, read with a limit on everything an archive can lie about."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

import msgspec

from tessella.containers._limits import (
    MAX_FILE_BYTES,
    MAX_RATIO,
    MAX_ZIP_BYTES,
    MAX_ZIP_MEMBERS,
    check_size,
)
from tessella.errors import DecodeError, LimitError, UnsupportedError
from tessella.text import say

__all__ = ["Member", "list_zip", "member_names", "read_zip"]

_ALWAYS_FINE_BYTES = 1_000_000
"""Below this the ratio does not matter."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file in an archive: its name as written there (never to be used as a path) and its unpacked size."""

    name: str
    size: int  # bytes


def _open(data: bytes) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    check_size(data, MAX_FILE_BYTES)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise DecodeError(
            say("The archive is damaged or cut off."),
            code="container.truncated",
            hint=say("Get the original file again."),
        ) from error
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_ZIP_MEMBERS:
        raise LimitError(
            say(
                "The archive has %(got)s files; the limit is %(limit)s.",
                got=len(infos),
                limit=MAX_ZIP_MEMBERS,
            ),
            code="container.members",
            got=len(infos),
            expected=MAX_ZIP_MEMBERS,
        )
    total = sum(info.file_size for info in infos)
    if total > MAX_ZIP_BYTES:
        raise LimitError(
            say(
                "Unpacked, the archive has %(got)s bytes; the limit is %(limit)s.",
                got=total,
                limit=MAX_ZIP_BYTES,
            ),
            code="container.size",
            got=total,
            expected=MAX_ZIP_BYTES,
        )
    for info in infos:
        if info.file_size > _ALWAYS_FINE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise LimitError(
                say("A file in the archive unpacks to more than %(limit)s times its size.", limit=MAX_RATIO),
                code="container.ratio",
                expected=MAX_RATIO,
                place=info.filename,
            )
    return archive, infos


def member_names(data: bytes) -> frozenset[str]:
    """The names of the files in an archive.

    Raises:
        DecodeError: ``container.truncated``.
        LimitError: as `list_zip`.
    """
    return frozenset(info.filename for info in _open(data)[1])


def list_zip(data: bytes) -> tuple[Member, ...]:
    """The files in an archive; nothing is unpacked.

    Raises:
        DecodeError: ``container.truncated`` damaged or cut off.
        LimitError: ``container.size``, ``container.members``, ``container.ratio``: more than an honest archive has.
    """
    return tuple(Member(name=info.filename, size=info.file_size) for info in _open(data)[1])


def read_zip(data: bytes) -> Iterator[tuple[str, bytes | DecodeError | UnsupportedError]]:
    """Each file's name and content, or the reason why that one cannot be read. The whole must pass `list_zip`.

    Never more than the declared size of a file is unpacked, so the declared total bounds the whole.

    Raises:
        DecodeError, LimitError: as `list_zip`.
    """
    archive, infos = _open(data)
    for info in infos:
        yield info.filename, _content(archive, info)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | DecodeError | UnsupportedError:
    if info.flag_bits & 0x1:
        return UnsupportedError(
            say("This file in the archive is encrypted."),
            code="container.encrypted",
            place=info.filename,
            hint=say("Unpack the archive and give the files themselves."),
        )
    try:
        with archive.open(info) as stream:
            return stream.read()  # zipfile stops at the declared size
    except NotImplementedError:
        return UnsupportedError(
            say("This file in the archive is packed in a way that is not supported."),
            code="container.compressed",
            place=info.filename,
        )
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        return DecodeError(
            say("This file in the archive is damaged."), code="container.checksum", place=info.filename
        )
