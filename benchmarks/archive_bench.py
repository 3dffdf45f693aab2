"""How well does the verification of an archive use a second core?

The speed-up of `verify_archive` with two processes, beside the speed-up that bare signature verification gets from the
same two processes in the same run (target: 85 % of it). With a number of files as argument: a folder of so many, verified
with one and with two processes, and the memory it takes.

    python -m benchmarks.archive_bench [FILES]
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from benchmarks.badges import AT, token
from tessella.adapters.files import read_bytes
from tessella.keys import PrivateKey
from tessella.verdicts import Report, Verdict
from tessella.verification import PROOF_ONLY, Surroundings, verify_archive

FILES = 6000
ROUNDS = 5
WORKERS = 2
RAW_PER_FILE = 3
"""Bare verifications for each file, so that both sides work for about as long."""
TARGET = 0.85
CHUNK = 64


def _read(name: str) -> bytes:
    return read_bytes(Path(name))


def _around(at: dt.datetime) -> Surroundings:
    return Surroundings(at=at)


def _verdict(report: Report) -> Verdict:
    return report.verdict


def _archive(names: list[str], pool: ProcessPoolExecutor | None) -> None:
    verdicts = list(
        verify_archive(
            names, read=_read, surroundings=partial(_around, AT), policy=PROOF_ONLY, answer=_verdict,
            executor=pool, workers=WORKERS,
        )
    )  # fmt: skip
    if set(verdicts) != {Verdict.PASSED}:
        raise RuntimeError("a benchmark credential does not verify")


def _raw_chunk(public: bytes, pairs: list[tuple[bytes, bytes]]) -> int:
    key = ed25519.Ed25519PublicKey.from_public_bytes(public)
    for signature, message in pairs:
        key.verify(signature, message)
    return len(pairs)


def _raw(public: bytes, chunks: list[list[tuple[bytes, bytes]]], pool: ProcessPoolExecutor | None) -> None:
    run = partial(_raw_chunk, public)
    for _ in pool.map(run, chunks) if pool else map(run, chunks):
        pass


def _seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def _folder(path: Path, count: int) -> list[str]:
    key = PrivateKey.generate("Ed25519")
    signer = key.with_verification_method(key.public_key.did_key_url)
    names = []
    for number in range(count):
        file = path / f"{number // 1000:03d}" / f"{number:06d}.jwt"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(token(number, signer))
        names.append(str(file))
    return names


def main() -> int:
    """Print the two speed-ups and their ratio."""
    if len(sys.argv) > 1 and sys.argv[1].isdigit():
        return _whole_folder(int(sys.argv[1]))
    raw_key = ed25519.Ed25519PrivateKey.generate()
    public = raw_key.public_key().public_bytes_raw()
    messages = [b"%064d" % number for number in range(FILES * RAW_PER_FILE)]
    pairs = [(raw_key.sign(message), message) for message in messages]
    chunks = [pairs[start : start + CHUNK] for start in range(0, len(pairs), CHUNK)]
    context = get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        names = _folder(Path(folder), FILES)
        _archive(names[: FILES // 4], pool)  # both processes up and warm
        _raw(public, chunks, pool)
        ratios, ours, raws = [], [], []
        for _ in range(ROUNDS):
            raws.append(
                _seconds(lambda: _raw(public, chunks, None)) / _seconds(lambda: _raw(public, chunks, pool))
            )
            ours.append(_seconds(lambda: _archive(names, None)) / _seconds(lambda: _archive(names, pool)))
            ratios.append(ours[-1] / raws[-1])
    ratio = statistics.median(ratios)
    mark = "ok " if ratio >= TARGET else "LOW"
    sys.stdout.write(
        f"{WORKERS} processes: archive {statistics.median(ours):.2f}x, bare signatures {statistics.median(raws):.2f}x, "
        f"{ratio:.0%} of it (target {TARGET:.0%} {mark})\n"
    )
    return 0


def _whole_folder(count: int) -> int:
    """The command on a folder of ``count`` files: time and the most memory of any one process."""
    with tempfile.TemporaryDirectory() as folder:
        _folder(Path(folder), count)
        for workers in (1, WORKERS):
            results = Path(folder).parent / f"{Path(folder).name}-{workers}.jsonl"
            command = [
                *(sys.executable, "-m", "tessella", "verify", folder, "--policy", "proof-only"),
                *("--results", str(results), "--workers", str(workers), "--json"),
            ]
            took = _seconds(partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL))
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            size = results.stat().st_size / 1e6
            results.unlink()
            sys.stdout.write(
                f"{count} files, {workers} process(es): {took:.1f} s, {count / took:.0f}/s, "
                f"at most {peak:.0f} MB in any process, results {size:.0f} MB\n"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
