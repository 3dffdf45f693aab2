"""Archives: the same answers in the same order whoever does the work."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

from tessella.adapters.files import read_bytes
from tessella.errors import AccessError, ConfigError, TessellaError
from tessella.issuing.sealing import seal
from tessella.verdicts import Report, Verdict
from tessella.verification import PROOF_ONLY, Surroundings, verify, verify_archive
from tests.issuing.support import AT, award, issuer

FILES = 150
VERDICT = operator.attrgetter("input", "verdict")


def read(name: str) -> bytes:
    return read_bytes(Path(name))


def around(at: dt.datetime) -> Surroundings:
    return Surroundings(at=at)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    path = tmp_path_factory.mktemp("archive")
    good = seal(award(), issuer(), "openbadge-jwt", at=AT)
    names = []
    for number in range(FILES):
        file = path / f"{number:04d}.jwt"
        file.write_bytes(good if number % 3 else good[:-20] + b"%020d" % number)
        names.append(str(file))
    return [*names, str(path / "missing.jwt")]


@pytest.fixture(scope="module")
def alone(folder: list[str]) -> list[tuple[str, Verdict]]:
    """The slow twin: one after the other, without the archive's code."""
    found = []
    for name in folder[:-1]:
        report = verify(read(name), name=name, policy=PROOF_ONLY, surroundings=around(AT))
        found.append((name, report.verdict))
    return [*found, (folder[-1], Verdict.INDETERMINATE)]


def run(names: list[str], executor: Executor | None) -> list[tuple[str, Verdict]]:
    return list(
        verify_archive(
            names, read=read, surroundings=partial(around, AT), policy=PROOF_ONLY, answer=VERDICT,
            executor=executor, workers=2,
        )
    )  # fmt: skip


def test_the_answers_are_those_of_verify_in_order(
    folder: list[str], alone: list[tuple[str, Verdict]]
) -> None:
    assert {verdict for _, verdict in alone} == {Verdict.PASSED, Verdict.FAILED, Verdict.INDETERMINATE}
    assert run(folder, None) == alone


def test_threads_give_the_same(folder: list[str], alone: list[tuple[str, Verdict]]) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert run(folder, pool) == alone


def test_processes_give_the_same(folder: list[str], alone: list[tuple[str, Verdict]]) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert run(folder, pool) == alone


def test_a_dask_cluster_gives_the_same(folder: list[str], alone: list[tuple[str, Verdict]]) -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert run(folder, client.get_executor()) == alone


def test_few_pieces_are_taken_ahead(folder: list[str]) -> None:
    taken = []

    def names() -> Iterator[str]:
        for name in folder * 20:
            taken.append(name)
            yield name

    with ThreadPoolExecutor(2) as pool:
        answers = verify_archive(
            names(), read=read, surroundings=partial(around, AT), policy=PROOF_ONLY, answer=VERDICT,
            executor=pool, workers=2,
        )  # fmt: skip
        next(answers)
        assert len(taken) < 20
        answers.close()


def test_what_cannot_travel_is_named_before_anything_is_done(folder: list[str]) -> None:
    with ThreadPoolExecutor(1) as pool:
        answers = verify_archive(
            folder, read=read, surroundings=partial(around, AT), answer=lambda report: report, executor=pool
        )
        with pytest.raises(ConfigError) as caught:
            next(answers)
    assert caught.value.code == "verification.pickle"


def die(name: str) -> bytes:
    if name.endswith("0005.jwt"):
        import os

        os._exit(9)
    return read(name)


def test_a_worker_that_dies_ends_the_run_with_the_place(folder: list[str]) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        answers = verify_archive(
            folder,
            read=die,
            surroundings=partial(around, AT),
            policy=PROOF_ONLY,
            answer=VERDICT,
            executor=pool,
        )
        with pytest.raises(AccessError) as caught:
            list(answers)
    assert caught.value.code == "verification.worker"
    assert caught.value.place in folder[:6]


def test_an_error_of_the_surroundings_reaches_the_caller(folder: list[str]) -> None:
    naive = dt.datetime(2026, 1, 1)
    with ThreadPoolExecutor(1) as pool, pytest.raises(TessellaError) as caught:
        list(
            verify_archive(
                folder, read=read, surroundings=partial(around, naive), answer=_same, executor=pool
            )
        )
    assert caught.value.code == "config.time"


def _same(report: Report) -> Report:
    return report
