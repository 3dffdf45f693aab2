"""Verifying inputs one after the other or by several processes, with a progress bar, and with results that survive a kill."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tessella.adapters.clock import SystemClock
from tessella.adapters.files import MAX_FILE_BYTES, expand_inputs, read_bytes, read_stdin
from tessella.adapters.http import SafeFetcher
from tessella.cli._app import errors
from tessella.text import say
from tessella.verdicts import Report
from tessella.verification import Policy, Surroundings, verify_archive

__all__ = ["answers", "read_input"]

T = TypeVar("T")

PARALLEL_FROM = 1000
"""Files from which several processes pay: each takes a second to start."""


def read_input(name: str) -> bytes:
    """A file, standard input (``-``) or an address."""
    if name == "-":
        return read_stdin()
    if "://" in name:
        return SafeFetcher(SystemClock()).fetch(name, max_bytes=MAX_FILE_BYTES).body
    return read_bytes(Path(name))


def answers(
    inputs: Iterable[str],
    policy: Policy,
    surroundings: Callable[[], Surroundings],
    answer: Callable[[Report], T],
    *,
    workers: int = 1,
    missing: Callable[[Iterable[str]], Iterator[str]] = iter,
    done: int = 0,
) -> Iterator[tuple[str, T]]:
    """Name and answer of one input after the other, in order; memory does not grow with their number.

    Args:
        workers: processes; 0 means all the machine has, when there are many files.
        missing: which of the names are still to be done.
        done: how many need not be done again (for the progress bar).
    """
    inputs = list(inputs)
    count = sum(1 for _ in expand_inputs(inputs))
    if workers == 0:
        workers = (os.cpu_count() or 1) if count >= PARALLEL_FROM else 1
    if "-" in inputs:  # standard input is this process's
        workers = 1
    bar = Progress(
        TextColumn(say("Verifying")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=errors, transient=True, disable=not errors.is_terminal,
    )  # fmt: skip
    # Not forked: the progress bar has a thread.
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
    with bar:
        task = bar.add_task("", total=count, completed=done)
        named = _Names(missing(expand_inputs(inputs)))
        try:
            for result in verify_archive(
                named, read=read_input, surroundings=surroundings, policy=policy, answer=answer,
                executor=pool, workers=workers,
            ):  # fmt: skip
                bar.advance(task)
                yield named.taken.pop(0), result
        finally:
            if pool is not None:
                pool.shutdown(cancel_futures=True)


class _Names(Iterator[str]):
    """The names, remembering those that were handed out and are not answered yet."""

    def __init__(self, source: Iterator[str]) -> None:
        self._source = source
        self.taken: list[str] = []

    def __next__(self) -> str:
        name = next(self._source)
        self.taken.append(name)
        return name
