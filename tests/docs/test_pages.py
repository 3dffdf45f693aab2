"""Every command in the documentation does what the page says; the page runner itself can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.given import GIVEN
from tests.docs.pages import DOCS, Command, File, compare, run_page, steps

PAGES = sorted(
    path.relative_to(DOCS).as_posix()
    for folder in ("tutorial", "how-to")
    for path in (DOCS / folder).glob("*.md")
)


@pytest.mark.parametrize("name", PAGES)
def test_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    page = (DOCS / name).read_text(encoding="utf-8")
    if name in GIVEN:
        GIVEN[name](tmp_path)
    run_page(page, tmp_path)


def test_tutorial_begins_in_an_empty_folder_and_uses_every_main_command() -> None:
    page = (DOCS / "tutorial/first-award.md").read_text(encoding="utf-8")
    lines = " ".join(step.line for step in steps(page) if isinstance(step, Command))
    for command in ("new", "check", "keys create", "issue", "verify", "show", "convert", "revoke", "status"):
        assert f"tessella {command} " in lines


PAGE = """
```yaml title="a.yaml"
one: 1
```

```console
$ cat a.yaml
one: …
$ export NAME=x
$ echo "$NAME y"; exit_with() { return "$1"; }; exit_with 3
x   y
```

That is exit code 3.

```console
$ echo "$NAME"
```
"""


def test_steps_of_a_page() -> None:
    assert list(steps(PAGE)) == [
        File("a.yaml", "one: 1\n"),
        Command("cat a.yaml", ("one: …",), 0),
        Command("export NAME=x", (), 0),
        Command('echo "$NAME y"; exit_with() { return "$1"; }; exit_with 3', ("x   y",), 3),
        Command('echo "$NAME"', (), 0),
    ]


def test_page_is_run_in_one_shell(tmp_path: Path) -> None:
    assert run_page(PAGE, tmp_path) == 4


@pytest.mark.parametrize(
    "wrong", [PAGE.replace("one: …", "two"), PAGE.replace("code 3", "code 4"), PAGE.replace("return", "true")]
)
def test_page_that_says_something_else_fails(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        run_page(wrong, tmp_path)


def test_shown_lines_are_compared_in_order() -> None:
    compare(Command("x", ("a b", "c"), 0), "1 a\n b 2 c")
    with pytest.raises(AssertionError):
        compare(Command("x", ("c", "a b"), 0), "1 a\n b 2 c")
