"""What is public is named, documented and listed."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest
from tools.reference import PACKAGES

import tessella
from tests.docs.pages import ROOT

SOURCE = ROOT / "src" / "tessella"
MODULES = sorted(
    path.relative_to(SOURCE.parent).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    for path in SOURCE.rglob("*.py")
    if path.name != "__main__.py"
)
PUBLIC = [name for name in MODULES if not any(part.startswith("_") for part in name.split("."))]

INNER = ("adapters", "canonical.contexts", "formats", "guidance", "issuing", "seals", "cli", "standard.facts")
"""Packages without public names of their own: rooms for others, or parts that only their own package uses."""


def loaded(name: str) -> ModuleType:
    return importlib.import_module(name)


def test_every_package_says_what_is_public() -> None:
    packages = [
        name for _, name, is_package in pkgutil.walk_packages([str(SOURCE)], "tessella.") if is_package
    ]
    lacking = [name for name in packages if not hasattr(loaded(name), "__all__")]
    assert [name for name in lacking if name.removeprefix("tessella.") not in INNER] == []


def test_every_module_has_a_docstring() -> None:
    lacking = [name for name in MODULES if not (loaded(name).__doc__ or "").strip()]
    assert lacking == []


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    module = loaded(name)
    public = list(getattr(module, "__all__", ()))
    assert [one for one in public if not hasattr(module, one)] == []
    assert public == list(dict.fromkeys(public))
    lacking = [
        one
        for one in public
        if inspect.isroutine(value := getattr(module, one)) or inspect.isclass(value)
        if not own_docstring(value)
    ]
    assert lacking == []


def own_docstring(value: object) -> bool:
    """Whether the object itself says what it is; inherited and generated texts do not count, other names of built-in
    things are data."""
    if inspect.isbuiltin(value) or (inspect.isclass(value) and value.__module__ == "builtins"):
        return True
    doc = value.__dict__.get("__doc__") if inspect.isclass(value) else value.__doc__
    return bool((doc or "").strip()) and not str(doc).startswith(f"{getattr(value, '__name__', '')}(")


def test_public_data_is_documented() -> None:
    """A constant in ``__all__`` has a text below it where it is defined, or a comment above it or beside it."""
    lacking = []
    for name in PUBLIC:
        path = SOURCE.parent / (name.replace(".", "/") + ".py")
        if not path.exists() or not hasattr(loaded(name), "__all__"):
            continue
        source = path.read_text(encoding="utf-8")
        lacking += [
            f"{name}.{constant}" for constant in _bare_constants(source) if constant in loaded(name).__all__
        ]
    assert lacking == []


def _bare_constants(source: str) -> Iterator[str]:
    lines = source.splitlines()
    body = ast.parse(source).body
    for node, after in zip(body, [*body[1:], None], strict=True):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if not isinstance(target, ast.Name):
            continue
        below = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        above = lines[node.lineno - 2].startswith("#") if node.lineno > 1 else False
        if not (below or above or "#" in lines[node.lineno - 1]):
            yield target.id


def test_names_of_the_package_are_those_it_loads() -> None:
    assert sorted(tessella.__all__) == sorted(tessella._HOMES)
    for name, home in tessella._HOMES.items():
        module = loaded(f"tessella.{home}")
        assert getattr(tessella, name) is getattr(module, name)
        assert name in module.__all__


def test_python_reference_covers_every_public_package() -> None:
    packages = {
        name.removeprefix("tessella.")
        for _, name, is_package in pkgutil.walk_packages([str(SOURCE)], "tessella.")
        if is_package and not any(part.startswith("_") for part in name.split("."))
    }
    assert packages - set(PACKAGES) - set(INNER) == set()
