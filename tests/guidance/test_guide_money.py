"""``tessella guide funding`` and ``tessella guide demand`` as people run them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.support import tessella

IRISH = "ie-hci-learner-fee-subsidy"
HEAD = "concept,region,period,vacancies,source,source_url,published_on,licence\n"
ROW = "http://example.org/bees,NL21,2026-Q3,{count},Nyando,https://example.org/q3,2026-10-05,CC0\n"
ON = ("--on", "2026-11-22")


def test_funding_asks_for_what_is_not_declared(tmp_path: Path) -> None:
    done = tessella("guide", "funding", IRISH, "--price", "400", *ON, cwd=tmp_path)
    assert done.code == 3
    assert "80.00 to 200.00 EUR are left to pay" in done.output


def test_funding_by_what_is_declared(tmp_path: Path) -> None:
    facts = [
        part
        for name in ("listed-course", "lives-in-ireland", "pps-number", "resident", "employment-stated")
        for part in ("--fact", f"{IRISH}.{name}=yes")
    ]
    done = tessella("guide", "funding", IRISH, *facts, "--price", "400", "--json", *ON, cwd=tmp_path)
    assert done.code == 0
    (answer,) = json.loads(done.output)["answers"]
    assert (answer["eligibility"], answer["left_most"]) == ("eligible-as-declared", "200.00")
    own = tmp_path / "own.yaml"
    own.write_bytes(tessella("guide", "funding", "--print", IRISH, cwd=tmp_path).output.encode())
    assert (
        tessella("guide", "funding", str(own), "--fact", f"{IRISH}.pps-number=no", *ON, cwd=tmp_path).code
        == 1
    )


def test_funding_with_a_fact_that_nobody_asks_for(tmp_path: Path) -> None:
    done = tessella("guide", "funding", IRISH, "--fact", "shoe-size=40", cwd=tmp_path)
    assert done.code == 2
    assert "shoe-size" in done.errors


def test_funding_read_back(tmp_path: Path) -> None:
    done = tessella("guide", "funding", "--explain", cwd=tmp_path)
    assert done.code == 0
    assert "It pays 50 to 80 % of the price." in done.output


def test_demand_tells_source_and_date_and_rows_left_out(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text(HEAD + ROW.format(count=120) + ROW.format(count="many"))
    done = tessella("guide", "demand", str(tmp_path / "jobs.csv"), *ON, cwd=tmp_path)
    assert done.code == 1
    assert "2026-10-05" in done.output
    assert "jobs.csv, row 3, vacancies" in done.errors


def test_demand_ranks_planned_offers(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text(HEAD + ROW.format(count=120))
    (tmp_path / "offers.yaml").write_text(
        "offers:\n- {id: a, title: Bees, skills: ['http://example.org/bees'], planned: true}\n"
        "- {id: b, title: More bees, skills: ['http://example.org/bees'], places: 20}\n"
    )
    done = tessella("guide", "demand", str(tmp_path / "jobs.csv"), "--offers", str(tmp_path / "offers.yaml"), "--json", *ON, cwd=tmp_path)  # fmt: skip
    assert done.code == 0
    (row,) = json.loads(done.output)["ranked"]
    assert (row["offer"]["title"], row["leading"]["unmet"]) == ("Bees", 100)


def test_demand_without_a_figure_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "jobs.csv").write_text(HEAD)
    assert tessella("guide", "demand", str(tmp_path / "jobs.csv"), *ON, cwd=tmp_path).code == 3
