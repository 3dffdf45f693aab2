"""Archives: many files verified by any executor, in order, with memory that does not grow with their number.

The parent process hands out names and takes back answers; the files are read, verified and put into words where the
executor runs them. So little travels between processes, and the same code runs on threads, on a process pool or on a
cluster.
"""

from __future__ import annotations

import itertools
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from tessella.errors import AccessError, ConfigError, TessellaError
from tessella.text import say
from tessella.verdicts import Report
from tessella.verification.policy import DEFAULT, Policy
from tessella.verification.reports import unreadable, verify
from tessella.verification.surroundings import Surroundings

__all__ = ["verify_archive"]

T = TypeVar("T")

CHUNK_FILES = 64
"""Files in one piece of work: some ten milliseconds, so that handing it over costs little beside it."""

CHUNKS_AHEAD = 4
"""Pieces of work waiting for each worker: enough that none idles, few enough that memory stays flat."""


class _Work(msgspec.Struct, frozen=True):
    """What every piece of work needs; it travels as bytes and is unpacked once per process."""

    read: Callable[[str], bytes]
    surroundings: Callable[[], Surroundings]
    policy: Policy
    answer: Callable[[Report], Any]


def verify_archive(
    names: Iterable[str],
    *,
    read: Callable[[str], bytes],
    surroundings: Callable[[], Surroundings],
    policy: Policy = DEFAULT,
    answer: Callable[[Report], T],
    executor: Executor | None = None,
    workers: int = 1,
) -> Iterator[T]:
    """One answer for each name, in order, each made when it is asked for or a little before.

    Every argument that is called must be picklable (a function of a module, or a `functools.partial` of one) when the
    executor is not made of threads. A file that cannot be read gets a report that says so.

    Args:
        read: the content of a name; raises `TessellaError`.
        surroundings: makes what is known of the world, once in every process; fix its ``at``, or each has its own.
        answer: what is wanted of a report: itself, a line of JSON, its verdict. Runs beside the verification.
        executor: where to do it; None means here.
        workers: how many of its processes or threads to keep busy.

    Raises:
        AccessError: ``verification.worker``, a worker died; what was answered before stands.
        ConfigError: ``verification.pickle``, an argument cannot be sent to another process.
    """
    if executor is None:
        around = surroundings()
        for name in names:
            yield answer(_report(name, read, policy, around))
        return
    work = _packed(_Work(read, surroundings, policy, answer))
    pieces = _pieces(names, workers)
    waiting: deque[tuple[tuple[str, ...], Future[list[T]]]] = deque()
    try:
        for piece in itertools.chain(pieces, itertools.repeat(None)):
            if piece is not None:
                waiting.append((piece, executor.submit(_do, work, piece)))
                if len(waiting) < workers * CHUNKS_AHEAD:
                    continue
            elif not waiting:
                return
            names_done, future = waiting.popleft()
            yield from future.result()
    except BrokenExecutor as error:
        raise AccessError(
            say("A process died while it verified %(first)s and the files after it.", first=names_done[0]),
            code="verification.worker",
            place=names_done[0],
            hint=say("Verify these files one by one; memory may have run out."),
        ) from error
    finally:
        for _, future in waiting:
            future.cancel()


def _pieces(names: Iterable[str], workers: int) -> Iterator[tuple[str, ...]]:
    """The names in pieces that grow to `CHUNK_FILES`: small at first, so that a short list occupies every worker."""
    source = iter(names)
    for number in itertools.count():
        size = min(CHUNK_FILES, 2 ** min(number // (workers * CHUNKS_AHEAD), CHUNK_FILES.bit_length()))
        piece = tuple(itertools.islice(source, size))
        if not piece:
            return
        yield piece


def _packed(work: _Work) -> bytes:
    try:
        return pickle.dumps(msgspec.structs.astuple(work))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise ConfigError(
            say("What the verification needs cannot be sent to another process: %(reason)s.", reason=error),
            code="verification.pickle",
            hint=say("Give functions of a module, not lambdas or local functions."),
        ) from error


@lru_cache(maxsize=2)
def _unpacked(work: bytes) -> tuple[_Work, Surroundings]:
    """Made once per process: keys, registers and trusted lists are read and parsed once."""
    unpacked = _Work(*pickle.loads(work))  # noqa: S301 -- our own process packed it
    return unpacked, unpacked.surroundings()


def _do(work: bytes, names: tuple[str, ...]) -> list[Any]:
    unpacked, around = _unpacked(work)
    return [unpacked.answer(_report(name, unpacked.read, unpacked.policy, around)) for name in names]


def _report(name: str, read: Callable[[str], bytes], policy: Policy, around: Surroundings) -> Report:
    shown = name.encode("utf-8", "surrogateescape").decode(
        "utf-8", "replace"
    )  # a file name need not be UTF-8
    try:
        data = read(name)
    except TessellaError as error:
        return unreadable(error, shown, policy, around)
    return verify(data, name=shown, policy=policy, surroundings=around)
