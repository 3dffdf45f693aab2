"""What is mutated: one award in every format that can be issued, made by the program itself, with its status lists.

Every format that is added to `tessella.issuing` comes in by itself. Three learners: the first one's files are mutated, the
second one's lend their parts, the third one's are revoked.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tessella.adapters.published import FolderFetcher
from tessella.cli.verify import surroundings
from tessella.errors import AccessError
from tessella.issuing.sealing import FORMATS
from tessella.ports import Fetched, Fetcher
from tessella.text import say
from tessella.verification import Surroundings, open_credentials
from tests.cli.support import tessella

__all__ = ["Corpus", "Sample", "Served", "build"]

AFTER = dt.timedelta(hours=1)
"""The files are verified an hour after they were made."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One file to mutate: of which format, and the same of another learner.

    For a published document (``url``) the file that asks for it is ``asking``.
    """

    name: str
    data: bytes
    other: bytes
    url: str = ""
    asking: bytes = b""


class Served:
    """Published documents by address, one of them exchanged."""

    def __init__(self, otherwise: Fetcher, url: str, body: bytes) -> None:
        self._otherwise = otherwise
        self._url = url
        self._body = body

    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        """See `tessella.ports.Fetcher`."""
        if url != self._url:
            return self._otherwise.fetch(url, max_bytes=max_bytes, accept=accept)
        if len(self._body) > max_bytes:
            raise AccessError(say("It is too large."), code="access.size")
        return Fetched(url=url, body=self._body)


class _Nothing:
    def fetch(self, url: str, *, max_bytes: int, accept: str = "*/*") -> Fetched:
        raise AccessError(say("It is not published."), code="access.offline", got=url)


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """The samples, and what is known of the world when they are verified."""

    folder: str
    at: dt.datetime
    samples: tuple[Sample, ...]

    def around(self) -> Surroundings:
        """As the program is told with ``--anchor`` and ``--published``."""
        folder = Path(self.folder)
        found = surroundings(at=self.at, anchors=[folder / "keys" / "seal.test-ca.pem"])
        return msgspec.structs.replace(found, fetcher=published(folder))


def published(folder: Path) -> Fetcher:
    """Everything that the issuer has to publish."""
    fetcher: Fetcher = _Nothing()
    for out, _, _ in OUTPUTS:
        fetcher = FolderFetcher(folder / out, fetcher)
    return fetcher


LEARNERS = """\
Name,Date of assessment,Grade
Ada Adams,2026-06-01,8
Ben Brook,2026-06-02,7
Cleo Cole,2026-06-03,9
"""


def build(folder: Path) -> Corpus:
    """Issue and revoke with the program; the folder must be empty.

    Raises:
        RuntimeError: a command does not do what it should.
    """

    def run(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        done = tessella(*arguments, cwd=folder)
        if done.code not in codes:
            raise RuntimeError(f"{arguments}: {done.output}{done.errors}")
        return done.output

    run("example", "--copy-to", ".")
    (folder / "learners.csv").write_text(LEARNERS)
    run("keys", "create", "badges", "--algorithm", "ES256")
    run("keys", "create", "edwards", "--algorithm", "Ed25519")
    run("keys", "create", "seal", "--test-seal", "University of Twickel", "--country", "NL")
    samples, revoked = [], {}
    for out, key, formats in OUTPUTS:
        run(
            "issue", "data-ethics.yaml", "learners.csv", "--formats", formats, "--out", out, "--badge-key", key,
            "--status-url", f"https://twickel.example/{out}", "--badges-url", "https://twickel.example/badges",
        )  # fmt: skip
        for format, spec in FORMATS.items():
            folder_of = folder / out / spec.folder
            files = sorted(folder_of.glob(f"*{spec.suffix}")) if folder_of.is_dir() else []
            if len(files) >= 3:
                name = format if out == "out" else f"{format} (Ed25519)"
                samples.append(Sample(name=name, data=files[0].read_bytes(), other=files[1].read_bytes()))
                if spec.has_status:
                    run("revoke", str(files[2]), "--reason", "test", "--out", out)
                    revoked[name] = files[2].read_bytes()
    fetcher = published(folder)
    for name, asking in revoked.items():
        samples += _documents(name, asking, fetcher)
    return Corpus(folder=str(folder), at=dt.datetime.now(dt.UTC) + AFTER, samples=tuple(samples))


OUTPUTS = (("out", "badges", "all"), ("edwards", "edwards", "openbadge,openbadge-jwt,attestation"))
"""Folder, key and formats: most with ECDSA, which every format takes, and what can be with Ed25519."""


def _documents(name: str, asking: bytes, fetcher: Fetcher) -> Iterator[Sample]:
    """What a revoked file leads to: status lists, and the documents of hosted badges."""
    bodies = {}
    for opened in open_credentials(asking):
        for url in re.findall(r"https://[^\s\"#]+", json.dumps(opened.document)):
            with contextlib.suppress(AccessError):
                bodies[url] = fetcher.fetch(url, max_bytes=10_000_000).body
    for number, (url, body) in enumerate(bodies.items()):
        other = next((one for one in bodies.values() if one != body), body)
        yield Sample(name=f"{name}: published {number + 1}", data=body, other=other, url=url, asking=asking)
