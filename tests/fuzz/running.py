"""Running the mutations: every sample on all processors, what came out counted by outcome and cause."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import msgspec

from tests.fuzz.corpus import Corpus, Sample, Served, published
from tests.fuzz.judging import Baseline, Judged, Outcome, baseline, judge
from tests.fuzz.mutations import MUTATIONS, layers_of

__all__ = ["Tally", "mutants", "run", "tally"]

SLOW = {"pdf": 10}
"""By format: so many times fewer mutants."""

TRIES = 50
"""Not every mutation finds something to change in every file."""

PART = 250
"""Mutants in one piece of work."""

BAD = (Outcome.CHANGED, Outcome.CRASHED)


class Tally(msgspec.Struct, kw_only=True):
    """What became of the mutants of one file."""

    name: str
    outcomes: Counter[str] = msgspec.field(default_factory=Counter)
    causes: Counter[str] = msgspec.field(default_factory=Counter)
    longest: float = 0.0
    longest_by: str = ""
    findings: list[tuple[str, str, bytes]] = []

    def add(self, mutation: str, data: bytes, judged: Judged) -> None:
        """Count one mutant."""
        self.outcomes[judged.outcome] += 1
        if judged.outcome in (Outcome.SAME, Outcome.LESS):
            self.causes[f"{judged.outcome.partition(': ')[2]}, {mutation}"] += 1
        if judged.seconds > self.longest:
            self.longest, self.longest_by = judged.seconds, mutation
        if judged.outcome in BAD:
            self.findings.append((mutation, f"{judged.outcome}\n{judged.detail}", data))


def mutants(sample: Sample, seed: str, numbers: range) -> Iterator[tuple[str, bytes]]:
    """Name of the mutation and mutant, the same for the same seed and number."""
    layers = layers_of(sample.data)
    table = [(name, function) for layer in layers for name, function in MUTATIONS[layer].items()]
    for number in numbers:
        rng = random.Random(f"{seed} {sample.name} {number}")
        for _ in range(TRIES):
            name, function = rng.choice(table)
            changed = function(rng, sample.data, sample.other)
            if changed is not None and changed != sample.data:
                yield name, changed
                break


def tally(corpus: Corpus, sample: Sample, seed: str, numbers: range, good: Baseline | None) -> Tally:
    """Mutate and judge."""
    found = Tally(name=sample.name)
    around = corpus.around()
    for name, data in mutants(sample, seed, numbers):
        if sample.url:
            served = Served(published(Path(corpus.folder)), sample.url, data)
            judged = judge(sample.asking, None, msgspec.structs.replace(corpus.around(), fetcher=served))
        else:
            judged = judge(data, good, around)
        found.add(name, data, judged)
    return found


@lru_cache(maxsize=1)
def _corpus(packed: bytes) -> Corpus:
    return msgspec.msgpack.decode(packed, type=Corpus)


@lru_cache(maxsize=64)
def _baseline(packed: bytes, name: str) -> Baseline | None:
    corpus = _corpus(packed)
    sample = next(one for one in corpus.samples if one.name == name)
    return None if sample.url else baseline(sample.data, corpus.around())


def _part(packed: bytes, name: str, seed: str, start: int, stop: int) -> Tally:
    corpus = _corpus(packed)
    sample = next(one for one in corpus.samples if one.name == name)
    return tally(corpus, sample, seed, range(start, stop), _baseline(packed, name))


def run(corpus: Corpus, *, seed: str, count: int, only: Sequence[str] = ()) -> Iterator[Tally]:
    """The tally of each sample, worked on by all processors."""
    packed = msgspec.msgpack.encode(corpus)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for sample in corpus.samples:
            if only and sample.name not in only:
                continue
            number = max(1, count // (10 if sample.url else SLOW.get(sample.name, 1)))
            parts = [
                pool.submit(_part, packed, sample.name, seed, start, min(start + PART, number))
                for start in range(0, number, PART)
            ]
            whole = Tally(name=sample.name)
            for part in parts:
                done = part.result()
                whole.outcomes += done.outcomes
                whole.causes += done.causes
                whole.findings += done.findings
                if done.longest > whole.longest:
                    whole.longest, whole.longest_by = done.longest, done.longest_by
            yield whole
