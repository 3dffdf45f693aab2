"""Record → format → record in every format that is issued: what its field map says it carries in full comes back, no more."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tessella.canonical import claims
from tessella.issuing.sealing import FORMATS
from tessella.model import Award
from tessella.verification._projections import speech_of
from tests.verification.renderings import MADE_UNSEALED, SLOW, awards, copies, unsealed

OF_THE_COPY = frozenset(("id", "issued_at", "learner.id", "valid_from"))
"""What sealing gives each copy: its own id, moment and pseudonym; ``valid_from`` where the award has none."""

NAMES = [*(name for name in FORMATS if name not in SLOW), *MADE_UNSEALED]


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(awards())
def test_what_is_carried_in_full_comes_back(name: str, award: Award) -> None:
    made = unsealed(award)[name] if name in MADE_UNSEALED else copies(award, [name])[name]
    assert made.award is not None
    speech = speech_of(made.format, made.document)
    if speech.elsewhere:
        return
    said, back = claims(award), claims(made.award)
    full = {path for path in said if speech.full(path)} - OF_THE_COPY - speech.silent
    assert {path: back.get(path) for path in full} == {path: said[path] for path in full}
    nowhere = {path for path in said if path not in speech.claims(award)} - speech.silent
    assert nowhere & speech.claims(made.award).keys() == set()
