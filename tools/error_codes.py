"""Finds the error codes in the source, by reading it.

Codes are written in four ways: ``code="…"`` in a call, ``default_code`` of a class, a text handed to a helper or returned
to one, and the last part of ``code=f"family.{code}"`` in a helper.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["source_codes"]

SOURCE = Path(__file__).resolve().parent.parent / "src" / "tessella"


def source_codes() -> dict[str, set[str]]:
    """Every error code in the source, with the modules that use it.

    Found are: ``code="…"`` and ``default_code``; any other text in the same style (codes handed to a helper); and what is
    passed to a function that makes ``code=f"prefix.{code}"`` of it.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
    found: dict[str, set[str]] = {}
    for path, tree in trees.items():
        where = path.relative_to(SOURCE).as_posix()
        for code in [
            *_stated(tree),
            *_prefixed(tree, [trees[one] for one in trees if one.parent == path.parent]),
        ]:
            found.setdefault(code, set()).add(where)
    families = "|".join(sorted({code.partition(".")[0] for code in found}))
    style = re.compile(rf"(?:{families})(?:\.[a-z0-9-]+)+")
    for path, tree in trees.items():
        where = path.relative_to(SOURCE).as_posix()
        for code in _handed_on(tree):
            if style.fullmatch(code):
                found.setdefault(code, set()).add(where)
    return found


def _stated(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from _texts(node.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if ast.unparse(target) == "default_code":
                yield from _texts(node.value)


def _texts(value: ast.AST) -> list[str]:
    """The text, or both texts of a choice."""
    chosen = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
    return [
        one.value
        for one in chosen
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
    ]


def _prefixed(tree: ast.AST, siblings: Sequence[ast.AST]) -> Iterator[str]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            if not (
                isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.JoinedStr)
            ):
                continue
            prefix, *rest = node.value.values
            if isinstance(prefix, ast.Constant) and [
                ast.unparse(getattr(one, "value", one)) for one in rest
            ] == ["code"]:
                for call in (
                    one for sibling in siblings for one in ast.walk(sibling) if isinstance(one, ast.Call)
                ):
                    name = ast.unparse(call.func).rpartition(".")[2]
                    if name == function.name and call.args and isinstance(call.args[0], ast.Constant):
                        yield f"{prefix.value}{call.args[0].value}"


def _handed_on(node: ast.AST) -> Iterator[str]:
    """All texts but those in dictionaries (module names) and in sums or paths (file names)."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Dict | ast.BinOp):
        for child in ast.iter_child_nodes(node):
            yield from _handed_on(child)
