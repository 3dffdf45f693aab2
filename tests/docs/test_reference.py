"""The reference pages say what the code says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from tools import platform_codes, reference
from tools.error_codes import source_codes

from tests.docs.pages import ROOT

DYNAMIC = {"verification.failed", "verification.indeterminate"}
"""Codes made of a verdict at run time (`Report.require`), which no reading of the source finds."""


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_page_is_up_to_date(name: str) -> None:
    written = (reference.REFERENCE / f"{name}.md").read_text(encoding="utf-8")
    assert written == reference.page(name), "run: python -m tools.reference"


def test_every_error_code_is_documented_and_none_is_stale() -> None:
    source, documented = set(source_codes()), set(reference.documented_codes())
    assert documented - source == DYNAMIC
    assert source - documented == set()


def test_error_codes_stand_once_in_their_family_in_order() -> None:
    families = tomllib.loads(reference.CODES.read_text(encoding="utf-8"))
    for family, codes in families.items():
        assert [code for code in codes if code.partition(".")[0] != family] == []
        assert list(codes) == sorted(codes)
        assert [code for code, text in codes.items() if not text.endswith((".", "…"))] == []


def test_codes_given_to_helpers_are_found() -> None:
    codes = source_codes()
    assert "openbadges3.unusable" in codes  # made by f"openbadges3.{code}"
    assert "input.vocabulary.lost-zero" in codes  # returned in a tuple
    assert "input.limit.etsiu" in codes  # a positional argument
    assert "seal.test-ca.pem" not in codes  # a file name
    assert "issuing.sealing" not in codes  # a module


def test_every_error_code_of_the_platform_has_a_meaning_and_a_remedy() -> None:
    words = reference.platform_words()
    assert [code for code, text in words.items() if not all(text)] == [], (
        "say it in docs/reference/platform-codes.toml"
    )
    written = tomllib.loads(reference.PLATFORM_CODES.read_text(encoding="utf-8"))
    assert [code for codes in written.values() for code in codes if code not in words] == []
    assert [
        code for family, codes in written.items() for code in codes if code.partition(".")[0] != family
    ] == []


def test_codes_of_the_platform_are_read_with_their_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "domain.py").write_text(PLATFORM)
    monkeypatch.setattr(platform_codes, "SOURCE", tmp_path)
    assert platform_codes.platform_codes() == {
        "thing.closed": [("It is closed.", "Open it.")],
        "thing.dynamic": [("", "")],
        "thing.full": [("%(count)s are there.", "Take one out.")],
        "thing.wrong": [("This is wrong.", "")],
    }


PLATFORM = """
def close():
    raise RefusedError(_("It is closed."), code="thing.closed", hint=_("Open it."))
    raise RefusedError(ngettext("%(count)s is there.", "%(count)s are there.", n) % {"count": n}, code="thing.full", hint=_("Take one out."))
    raise RefusedError(error.message, code="thing.dynamic", hint=error.hint)
    raise _wrong("wrong", _("This is wrong."))
    audit.record("thing.closed", code=other)

def _wrong(kind, message):
    return RefusedError(message, code=f"thing.{kind}", field="x")
"""


def test_every_environment_variable_is_documented() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    used = {name for text in texts for name in re.findall(r"\bTESSELLA_[A-Z0-9_]+\b", text)}
    assert used == {name for name in reference.SETTINGS if name.startswith("TESSELLA_")}


def test_every_named_limit_has_a_reason() -> None:
    assert [(name, module) for name, _, module, reason in reference.named_limits() if not reason] == []
