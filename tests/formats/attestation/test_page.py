"""The reference page says what the profiles say."""

from __future__ import annotations

import pytest

from tessella.formats.attestation import PROFILES, Profile
from tests.support import ROOT


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_page_has_a_row_for_each_claim(profile: Profile) -> None:
    page = (ROOT / "docs/reference/attestation.md").read_text(encoding="utf-8")
    section = page.partition(f"### `{profile.vct}`\n")[2].partition("\n#")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    expected = []
    for rule in profile.rules:
        duty = "mandatory" if rule.mandatory else "when asked for" if rule.matching else "optional"
        withheld = ("yes, each element too" if rule.elements else "yes") if rule.withheld else "no"
        fields = ", ".join(f"`{path}`" for path in rule.record)
        expected.append(f"| `{rule.claim}` | {rule.kind} | {duty} | {withheld} | {fields} |")
    assert rows == expected
