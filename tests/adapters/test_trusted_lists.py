"""Copies of the trusted lists: fetched, verified before they are written, read from folder, ZIP and file."""

from __future__ import annotations

import datetime as dt
import json
import pickle
import zipfile
from pathlib import Path

import pytest

from tessella.adapters.clock import FixedClock
from tessella.adapters.trusted_lists import (
    EU_LIST_OF_LISTS,
    MAX_COPY_BYTES,
    eu_signers,
    fetch_trusted_lists,
    open_trusted_lists,
)
from tessella.errors import AccessError, TessellaError
from tessella.keys import certificate_facts
from tests.trust import lists as make
from tests.trust.pki import Authority
from tests.verification.support import Network

CA = Authority("Fjord Trust seals CA")
UNION, NO, SE = make.operator("Union"), make.operator("NO"), make.operator("SE")
TOP = make.top({"NO": [NO.der], "SE": [SE.der]})
NORWAY = NO.sign(make.listing("NO", make.provider(make.service(CA.der))))
SWEDEN = SE.sign(make.listing("SE", make.provider(make.service(CA.der)), number=3))
PAGES: dict[str, bytes | AccessError] = {
    EU_LIST_OF_LISTS: TOP,
    "https://lists.example/no.xml": NORWAY,
    "https://lists.example/se.xml": SWEDEN,
}
CLOCK = FixedClock(make.NOW)


def fetch(folder: Path, **pages: bytes | AccessError) -> dict[str, str]:
    """What became of each territory."""
    changed = {f"https://lists.example/{name}.xml": page for name, page in pages.items()}
    rows = fetch_trusted_lists(folder, Network({**PAGES, **changed}), CLOCK, signers=[UNION.der])
    return {row.territory: "found" if row.found else row.problem.code if row.problem else "?" for row in rows}


def read(path: Path) -> dict[str, int | str]:
    lists = open_trusted_lists(path, [UNION.der])
    return {
        row.territory: row.found.facts.sequence_number
        if row.found
        else row.problem.code
        if row.problem
        else "?"
        for row in lists.rows()
    }


def test_copy_holds_every_list_and_its_date(tmp_path: Path) -> None:
    assert fetch(tmp_path) == {"NO": "found", "SE": "found"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "NO.xml",
        "SE.xml",
        "eu-lotl.xml",
        "snapshot.json",
    ]
    assert json.loads((tmp_path / "snapshot.json").read_bytes()) == {
        "fetched_at": "2026-06-15T12:00:00+00:00",
        "from": EU_LIST_OF_LISTS,
    }
    assert read(tmp_path) == {"NO": 7, "SE": 3}
    assert open_trusted_lists(tmp_path, [UNION.der]).fetched_at == make.NOW


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (AccessError("Away.", code="access.network"), "access.network"),
        (SWEDEN.replace(b"Fjord", b"Bjord"), "seal.trusted-list"),
        (NORWAY, "seal.trusted-list"),
        (b"<html>maintenance</html>", "input.decode.trusted-list"),
    ],
)
def test_broken_list_is_not_written_and_the_old_copy_stays(
    tmp_path: Path, page: bytes | AccessError, code: str
) -> None:
    assert fetch(tmp_path, se=page) == {"NO": "found", "SE": code}
    assert read(tmp_path) == {"NO": 7, "SE": "access.trusted-list"}
    fetch(tmp_path)
    assert fetch(tmp_path, se=page) == {"NO": "found", "SE": code}
    assert read(tmp_path) == {"NO": 7, "SE": 3}


def test_list_of_the_lists_by_nobody_known_writes_nothing(tmp_path: Path) -> None:
    pages = {**PAGES, EU_LIST_OF_LISTS: make.top({"NO": [NO.der]}, by=SE)}
    with pytest.raises(TessellaError) as caught:
        list(fetch_trusted_lists(tmp_path, Network(pages), CLOCK, signers=[UNION.der]))
    assert caught.value.code == "seal.trusted-list"
    assert list(tmp_path.iterdir()) == []


def test_new_signer_is_reached_over_the_pivots(tmp_path: Path) -> None:
    address = "https://lists.example/pivot-300.xml"
    pivot = make.top({}, names=[UNION.der, SE.der], number=300)
    latest = make.top({"NO": [NO.der]}, by=SE, uris=["https://lists.example/law.pdf", address])
    network = Network({**PAGES, EU_LIST_OF_LISTS: latest, address: pivot})
    rows = list(fetch_trusted_lists(tmp_path, network, CLOCK, signers=[UNION.der]))
    assert [row.found is not None for row in rows] == [True]
    assert network.asked == [EU_LIST_OF_LISTS, address, "https://lists.example/no.xml"]
    assert read(tmp_path) == {"NO": 7}


def test_territory_cannot_choose_a_path(tmp_path: Path) -> None:
    evil = NO.sign(make.listing("../EVIL", make.provider(make.service(CA.der))))
    pages = {
        **PAGES,
        EU_LIST_OF_LISTS: make.top({"../EVIL": [NO.der]}),
        "https://lists.example/../evil.xml": evil,
    }
    rows = list(fetch_trusted_lists(tmp_path / "copy", Network(pages), CLOCK, signers=[UNION.der]))
    assert [row.found is not None for row in rows] == [True]
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]
    assert (tmp_path / "copy" / "EVIL.xml").is_file()


def test_copy_may_be_a_zip_a_plain_folder_or_be_sent_to_another_process(tmp_path: Path) -> None:
    fetch(tmp_path / "copy")
    with zipfile.ZipFile(tmp_path / "copy.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in (tmp_path / "copy").iterdir():
            archive.write(path, f"lists/{path.name}")
    assert read(tmp_path / "copy.zip") == {"NO": 7, "SE": 3}
    assert open_trusted_lists(tmp_path / "copy.zip", [UNION.der]).fetched_at == make.NOW
    (tmp_path / "copy" / "snapshot.json").unlink()
    lists = open_trusted_lists(tmp_path / "copy", [UNION.der])
    assert lists.fetched_at is None
    again = pickle.loads(pickle.dumps(lists))
    assert again.row("NO").found == lists.row("NO").found
    assert lists.row("NO").found is not None
    assert len(pickle.dumps(lists)) < 2000 + len(UNION.der)


@pytest.mark.parametrize("text", [b"", b"[]", b'{"fetched_at": 1}', b'{"fetched_at": "soon"}', b"\xff"])
def test_damaged_manifest_only_costs_the_date(tmp_path: Path, text: bytes) -> None:
    fetch(tmp_path)
    (tmp_path / "snapshot.json").write_bytes(text)
    assert open_trusted_lists(tmp_path, [UNION.der]).fetched_at is None
    assert read(tmp_path) == {"NO": 7, "SE": 3}


def test_what_is_no_copy_is_said(tmp_path: Path) -> None:
    for name, data in (
        ("empty.zip", b"PK\x05\x06" + bytes(18)),
        ("page.xml", b"<a/>"),
        ("cut.zip", b"PK\x03\x04"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(TessellaError) as caught:
            read(tmp_path / name)
        assert caught.value.code == "access.trusted-list"
    with pytest.raises(AccessError) as absent:
        read(tmp_path / "nowhere")
    assert absent.value.code == "access.file"


def test_zip_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.xml", bytes(MAX_COPY_BYTES // 16))
    with pytest.raises(TessellaError) as caught:
        read(path)
    assert caught.value.code == "input.limit.trusted-list"


def test_signers_of_the_union_are_organisations_and_officers_of_the_commission() -> None:
    facts = [certificate_facts(der) for der in eu_signers()]
    assert facts
    assert any(
        one.organization == "EUROPEAN COMMISSION" and one.valid_at(dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
        for one in facts
    )
