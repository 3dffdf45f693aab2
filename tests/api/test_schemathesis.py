"""What schemathesis finds: nothing, with every check, in every phase, on every operation."""

from __future__ import annotations

import pytest

from tessella_web.api.operations import OPERATIONS
from tessella_web.registers.domain import identity
from tests.api.conftest import client_of
from tests.api.fuzzing import run
from tests.api.support import Client
from tests.web.matrix.world import World

MANY = 50
"""Requests to each operation, at least."""

PHASES = {"coverage", "examples", "fuzzing", "stateful"}


def nothing_to_vary() -> set[str]:
    """Operations without a parameter or a body: there is one request only."""
    return {
        f"{one.method} {one.path}"
        for one in OPERATIONS.values()
        if one.is_safe and "{" not in one.path and not one.takes
    }


@pytest.mark.usefixtures("unhurried")
@pytest.mark.timeout(600)
def test_a_look_finds_nothing(owner: Client) -> None:
    """A few examples of some operations; the full run is among the vectors."""
    found = run(
        owner.token,
        examples=2,
        only="^(me|list_bodies|start_description|read_description|change_description)$",
    )
    assert found.failures + found.errors == []
    assert set(found.phases) >= PHASES
    assert len(found.asked) == 5


@pytest.mark.vectors
@pytest.mark.usefixtures("unhurried")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", [1, 2])
def test_it_finds_nothing(world: World, seed: int) -> None:
    identity.name_reviewer(person=world.people["owner"])
    token = client_of(world, "owner").token
    found = run(token, examples=60, seed=seed)
    assert found.failures + found.errors == []
    assert {name: status for name, status in found.phases.items() if name in PHASES} == dict.fromkeys(
        PHASES, "success"
    )
    assert sorted(found.asked) == sorted(f"{one.method} {one.path}" for one in OPERATIONS.values())
    few = {label for label, count in found.asked.items() if count < MANY} - nothing_to_vary()
    if (
        few
    ):  # what takes its ids from earlier answers runs dry when they are deleted; by itself it makes them up
        names = [name for name, one in OPERATIONS.items() if f"{one.method} {one.path}" in few]
        alone = run(
            token,
            examples=60,
            seed=seed,
            only=f"^({'|'.join(names)})$",
            phases={"stateful": {"enabled": False}},
        )
        assert alone.failures + alone.errors == []
        assert {label: count for label, count in alone.asked.items() if count < MANY} == {}
        assert set(alone.asked) == few
