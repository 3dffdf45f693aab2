"""Status lists in a folder: places are never given twice or to a decoy, and their address stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tessella.adapters.http import NoFetcher
from tessella.adapters.published import FolderFetcher
from tessella.adapters.statusbook import StatusBook
from tessella.canonical import loads
from tessella.errors import AccessError, StateError
from tessella.keys import base64url_decode
from tessella.status import interpret_token_status
from tests.issuing.support import AT, issuer

URL = "https://u.example/status"


def test_a_killed_run_leaves_the_decoys_and_the_taken_places(tmp_path: Path) -> None:
    killed = StatusBook(tmp_path, URL)
    place = killed.allocate()
    used = [(place.list_url, place.index)]
    with pytest.raises(StateError):
        StatusBook(tmp_path, URL).is_set(place.list_url, place.index)
    again = StatusBook(tmp_path, URL, used=used)
    assert again.is_set(place.list_url, place.index) is False
    again.mark(place.list_url, place.index)
    assert StatusBook(tmp_path, URL).is_set(place.list_url, place.index) is True


def test_another_address_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    StatusBook(tmp_path, URL).allocate()
    with pytest.raises(StateError, match="another address") as caught:
        StatusBook(tmp_path, "https://other.example/status")
    assert caught.value.hint.startswith(f"Give --status-url {URL},")
    assert StatusBook(tmp_path, f"{URL}/").url("revocation") == f"{URL}/revocation.json"


def test_revocation_and_suspension_have_lists_of_their_own(tmp_path: Path) -> None:
    book = StatusBook(tmp_path, URL)
    revocation, suspension = book.allocate("revocation"), book.allocate("suspension")
    assert (revocation.list_url, suspension.list_url) == (f"{URL}/revocation.json", f"{URL}/suspension.json")
    book.mark(suspension.list_url, suspension.index)
    book.mark(suspension.list_url, suspension.index, active=True)
    assert book.is_set(suspension.list_url, suspension.index) is False
    book.mark(revocation.list_url, revocation.index)
    with pytest.raises(StateError):
        book.mark(revocation.list_url, revocation.index, active=True)


def test_attestations_have_token_lists_of_their_own(tmp_path: Path) -> None:
    book = StatusBook(tmp_path, URL)
    revocation, suspension = book.allocate(token=True), book.allocate("suspension", token=True)
    assert revocation.list_url == f"{URL}/token-revocation.jwt"
    assert suspension.list_url == f"{URL}/token-suspension.jwt"
    assert [book.purpose_of(one.list_url) for one in (revocation, suspension)] == ["revocation", "suspension"]
    book.mark(suspension.list_url, suspension.index)
    book.mark(revocation.list_url, revocation.index)
    book.save()
    files = book.publish(issuer(), at=AT)
    assert [file.name for file in files] == ["token-revocation.jwt", "token-suspension.jwt"]
    for file, place, value in zip(files, (revocation, suspension), (1, 2), strict=True):
        header, payload, _ = (part for part in file.read_bytes().split(b"."))
        claims = loads(base64url_decode(payload))
        assert loads(base64url_decode(header))["typ"] == "statuslist+jwt"
        assert set(claims) == {"sub", "iat", "exp", "ttl", "status_list"}
        outcome = interpret_token_status(place.list_url, place.index, claims, at=AT)
        assert (claims["sub"], outcome.check.evidence["value"]) == (place.list_url, value)
        fetched = FolderFetcher(tmp_path, NoFetcher()).fetch(place.list_url, max_bytes=10**6)
        assert fetched.body == file.read_bytes()


def test_a_stray_file_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "other.state").write_bytes(b"?")
    (tmp_path / "other.jwt").write_bytes(b"?.?.?")
    assert StatusBook(tmp_path, URL).publish(issuer(), at=AT) == []
    with pytest.raises(AccessError):
        FolderFetcher(tmp_path, NoFetcher()).fetch(f"{URL}/other.jwt", max_bytes=10)
