"""What holds for all tests."""

from __future__ import annotations

import hypothesis
import pytest

hypothesis.settings.register_profile("tessella", deadline=None)
hypothesis.settings.load_profile("tessella")
"""No test asserts a time: a machine with other work would fail it."""

MAX_ID_CHARACTERS = 24
"""Longer parameter values are numbered: keys and compressed data differ from run to run, and parallel runs must
collect the same tests."""


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Names of parameters that are the same in every run."""
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > MAX_ID_CHARACTERS):
        return argname
    return None
