"""An award, an issuer and a moment for the tests of issuing; everybody is invented."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib.resources import as_file, files

import msgspec

from tessella.adapters.descriptions import read_description
from tessella.issuing.sealing import Issuer, test_issuer
from tessella.model import Award, Learner, MicroCredential, Result

AT = dt.datetime(2026, 11, 20, 10, 30, tzinfo=dt.UTC)


@lru_cache(maxsize=1)
def course() -> MicroCredential:
    """The bundled example description."""
    with as_file(files("tessella.cli") / "example" / "data-ethics.yaml") as path:
        return read_description(path).require()


@lru_cache(maxsize=1)
def issuer() -> Issuer:
    made = test_issuer(course().awarding_bodies[0], at=AT - dt.timedelta(days=1))
    return msgspec.structs.replace(made, badges_url="https://twickel.example/badges")


def award(name: str = "Ελένη Παπαδοπούλου", number: int = 1) -> Award:
    return Award(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012d}",
        micro_credential=course(),
        learner=Learner(full_name=name, email=f"learner{number}@example.org"),
        assessed_on=AT.date(),
        awarded_on=AT.date(),
        issued_at=AT,
        valid_from=AT,
        results=(Result(title={"en": "Final grade"}, grade="8"),),
    )
