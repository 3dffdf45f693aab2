"""Finds the error codes of the platform in its source, with what is said to people and the remedy, by reading it.

A code is written as ``code="family.code"`` in a call whose first text is the message and whose ``hint`` is the remedy; or it is handed to
a helper that makes the call. What is put together when it happens has no text to be read here: ``docs/reference/platform-codes.toml`` says it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

__all__ = ["SOURCE", "Said", "platform_codes"]

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tessella_web"

CODE = re.compile(r"[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*")

_TRANSLATES = ("_", "gettext", "gettext_lazy", "ngettext", "say")


class Said(NamedTuple):
    """What people read; empty where it is put together elsewhere."""

    message: str
    hint: str


class _Helper(NamedTuple):
    """A function that makes an error of a code that it is given."""

    parameters: tuple[str, ...]
    call: ast.Call
    prefix: str
    code: str


def platform_codes() -> dict[str, list[Said]]:
    """Every error code of the platform, with each of the texts that it comes with."""
    trees = {path: ast.parse(path.read_text("utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    own = {path: _helpers(tree) for path, tree in trees.items()}
    shared = {
        name: one for helpers in own.values() for name, one in helpers.items() if not name.startswith("_")
    }
    found: dict[str, list[Said]] = {}
    for path, tree in trees.items():
        for code, said in codes_in(tree, {**shared, **own[path]}):
            known = found.setdefault(code, [])
            if said not in known:
                known.append(said)
    return dict(sorted(found.items()))


def codes_in(tree: ast.AST, helpers: Mapping[str, _Helper]) -> Iterator[tuple[str, Said]]:
    """Codes and texts of one module."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        given = {one.arg: one.value for one in call.keywords if one.arg}
        name = ast.unparse(call.func).rpartition(".")[2]
        bound: dict[str, ast.AST] = {}
        made, code = call, _text(given.get("code"))
        if helper := helpers.get(name):
            made, bound = helper.call, {**dict(zip(helper.parameters, call.args, strict=False)), **given}
            code = helper.prefix + _text(bound.get(helper.code))
        if CODE.fullmatch(code):
            yield code, _said(made, bound)


def _helpers(tree: ast.AST) -> dict[str, _Helper]:
    found: dict[str, _Helper] = {}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        arguments = function.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            stated = next((one.value for one in call.keywords if one.arg == "code"), None)
            prefix, last = _parts(stated)
            if last in names and ast.unparse(call.func).endswith("Error"):
                found[function.name] = _Helper(tuple(names), call, prefix, last)
    return found


def _parts(code: ast.AST | None) -> tuple[str, str]:
    """Of ``code`` or ``f"family.{code}"`` what stands before, and the name of the parameter."""
    if isinstance(code, ast.Name):
        return "", code.id
    if isinstance(code, ast.JoinedStr) and len(code.values) == 2:
        first, second = code.values
        if isinstance(second, ast.FormattedValue) and isinstance(second.value, ast.Name):
            return _text(first), second.value.id
    return "", ""


def _said(call: ast.Call, bound: Mapping[str, ast.AST]) -> Said:
    given = {one.arg: one.value for one in call.keywords if one.arg}
    texts = [given["message"]] if "message" in given else call.args[:1]
    message = next((text for one in texts if (text := _text(_meant(one, bound)))), "")
    return Said(message, _text(_meant(given.get("hint"), bound)))


def _meant(value: ast.AST | None, bound: Mapping[str, ast.AST]) -> ast.AST | None:
    """What a parameter of the helper was given, else the value itself."""
    return bound.get(value.id) if isinstance(value, ast.Name) else value


def _text(value: ast.AST | None) -> str:
    """The text of a constant, of one that is translated, filled in or chosen; empty for all else."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.BinOp):
        return _text(value.left)
    if isinstance(value, ast.IfExp):
        return _text(value.body)
    if isinstance(value, ast.Call) and value.args and ast.unparse(value.func) in _TRANSLATES:
        plural = ast.unparse(value.func) == "ngettext" and len(value.args) > 1
        return _text(value.args[1 if plural else 0])
    return ""
