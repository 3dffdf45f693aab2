"""Loading of the fixtures and cases of the standard's tests."""

from __future__ import annotations

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tessella.model import Award, MicroCredential, load
from tessella.standard import CheckResult, SealFacts, check
from tessella.verdicts import Verdict

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 22)
FIXTURES = sorted(path.stem for path in (HERE / "fixtures").glob("*.yaml"))
COMPLETE = "27-applied-data-ethics"


def read_yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def plain(name: str) -> dict[str, Any]:
    data: dict[str, Any] = read_yaml(HERE / "fixtures" / f"{name}.yaml")
    return data


def expected(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((HERE / "fixtures" / f"{name}.expected.json").read_text("utf-8"))
    return data


def record(data: dict[str, Any]) -> MicroCredential | Award:
    if "micro_credential" in data:
        return load(data, Award).require()
    return load(data).require()


def complete_award() -> Award:
    made = record(plain(COMPLETE))
    assert isinstance(made, Award)
    return made


def merged(base: Any, patch: Any) -> Any:
    """The base with the patch merged in: mappings deep, null removes, everything else replaces."""
    if not isinstance(patch, dict) or not isinstance(base, dict):
        return copy.deepcopy(patch)
    result = copy.deepcopy(base)
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def run_case(case: dict[str, Any]) -> CheckResult:
    award = record(merged(plain(COMPLETE), case.get("set", {})))
    facts = dict(case["facts"]) if "facts" in case else None
    if facts and "verified" in facts:
        facts["verified"] = Verdict(facts["verified"])
    options = {name: case[name] for name in ("profile", "country", "audience") if name in case}
    return check(award, on=case.get("on", TODAY), facts=SealFacts(**facts) if facts else None, **options)
