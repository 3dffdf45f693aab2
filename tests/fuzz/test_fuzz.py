"""A small run of the mutation harness on every format, and proof that it finds what it looks for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from tessella.issuing.sealing import FORMATS
from tessella.verdicts import Report, Verdict
from tessella.verification import Surroundings
from tests.fuzz import judging
from tests.fuzz.corpus import Corpus, build
from tests.fuzz.judging import Outcome, baseline, judge
from tests.fuzz.mutations import MUTATIONS, layers_of
from tests.fuzz.running import Tally, run

FEW = 40


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return build(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def tallies(corpus: Corpus) -> list[Tally]:
    return list(run(corpus, seed="test", count=FEW))


def test_every_format_is_mutated(corpus: Corpus) -> None:
    assert {one.name.partition(" ")[0] for one in corpus.samples if not one.url} == set(FORMATS)
    assert {one.name.partition(":")[0] for one in corpus.samples if one.url} >= {
        "edc",
        "openbadge",
        "attestation",
    }


def test_no_mutant_is_accepted_with_changes_and_none_crashes(tallies: list[Tally]) -> None:
    assert [(one.name, mutation, told) for one in tallies for mutation, told, _ in one.findings] == []


def test_most_mutants_are_refused(tallies: list[Tally]) -> None:
    for one in tallies:
        assert one.outcomes[Outcome.REFUSED] + one.outcomes[Outcome.OPEN] > 0, one.name


def test_every_layer_has_mutations_and_every_format_a_layer(corpus: Corpus) -> None:
    layers = {layer for one in corpus.samples for layer in layers_of(one.data)}
    assert layers == set(MUTATIONS)


def passing(data: bytes, *, surroundings: Surroundings) -> Report:
    """A verifier that believes everything."""
    return Report(input="-", format="edc", verdict=Verdict.PASSED, at=surroundings.at)


def crashing(data: bytes, *, surroundings: Surroundings) -> Report:
    return Report(input=str(1 // 0), format="", verdict=Verdict.PASSED)


def changed(data: bytes) -> bytes:
    document = msgspec.json.decode(data)
    document["validUntil"] = "2199-01-01T00:00:00Z"
    return msgspec.json.encode(document)


@pytest.mark.parametrize(("planted", "found"), [(passing, Outcome.CHANGED), (crashing, Outcome.CRASHED)])
def test_a_planted_weakness_is_found(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, planted: object, found: Outcome
) -> None:
    sample = next(one for one in corpus.samples if one.name == "openbadge")
    good = baseline(sample.data, corpus.around())
    honest = judge(changed(sample.data), good, corpus.around())
    monkeypatch.setattr(judging, "verify", planted)
    fooled = judge(changed(sample.data), good, corpus.around())
    assert (honest.outcome, fooled.outcome) == (Outcome.REFUSED, found)


def test_a_good_file_that_does_not_pass_is_no_baseline(corpus: Corpus) -> None:
    sample = corpus.samples[0]
    with pytest.raises(RuntimeError):
        baseline(sample.data, Surroundings(at=corpus.at - dt.timedelta(days=400)))


def test_findings_are_kept(tmp_path: Path) -> None:
    one = Tally(name="x")
    one.add("bit flip", b"data", judging.Judged(outcome=Outcome.CHANGED, seconds=0.1, detail="why"))
    assert one.findings == [("bit flip", "ACCEPTED WITH CHANGES\nwhy", b"data")]
