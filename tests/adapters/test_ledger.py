"""The ledger issues nothing twice and survives a killed run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tessella.adapters.ledger import Ledger
from tessella.errors import AccessError, StateError
from tessella.issuing.batch import IssuedCopy

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


def test_an_issued_award_is_found_again(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        award_id, done = ledger.start(person="id 1", subject="urn:mc 1", at=AT)
        assert not done
        ledger.record(
            IssuedCopy(
                credential_id="urn:c",
                award_id=award_id,
                format="edc",
                file="a",
                status={"index": 7, "list": "u"},
            )
        )
        ledger.finish(award_id, at=AT)
    with Ledger(tmp_path / "l.db") as ledger:
        assert ledger.start(person="id 1", subject="urn:mc 1", at=AT) == (award_id, True)
        assert ledger.start(person="id 1", subject="urn:mc 2", at=AT)[1] is False
        assert ledger.files_of(ledger.find("urn:c"), ["b", "a"]) == {"urn:c": "a"}
        assert ledger.formats_of(award_id) == {"edc"}
        assert (ledger.is_taken("a", award_id="other"), ledger.is_taken("a", award_id=award_id)) == (
            True,
            False,
        )
        assert ledger.find("a") == ledger.find(award_id)
        assert list(ledger.status_places()) == [("u", 7)]
        assert ledger.status_of("urn:c") == ("u", 7)


def test_a_killed_run_keeps_its_ids(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        award_id, _ = ledger.start(person="id 1", subject="s", at=AT)
        copy = ledger.copy_id(award_id, "edc")
        ledger.record(IssuedCopy(credential_id=copy, award_id=award_id, format="edc", file="a"))
    with Ledger(tmp_path / "l.db") as ledger:
        assert ledger.start(person="id 1", subject="s", at=AT) == (award_id, False)
        assert ledger.copy_id(award_id, "edc") == copy


def test_no_personal_data_in_the_file(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        award_id, _ = ledger.start(person="mail canary@example.org", subject="s", at=AT)
        ledger.record(
            IssuedCopy(
                credential_id="urn:c", award_id=award_id, format="edc", file="edc/002-canary.edc.jsonld"
            )
        )
    assert all(b"canary" not in path.read_bytes() for path in tmp_path.iterdir())


def test_unknown_ids_and_damaged_files_are_clear_errors(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger, pytest.raises(StateError, match="not in the ledger"):
        ledger.find("urn:nothing")
    (tmp_path / "broken.db").write_bytes(b"not a database" * 100)
    with pytest.raises(AccessError):
        Ledger(tmp_path / "broken.db")
