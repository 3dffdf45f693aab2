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
        StatusBook(tmp_path, URL).state(place.list_url, place.index)
    again = StatusBook(tmp_path, URL, used=used)
    assert again.state(place.list_url, place.index) == "active"
    again.mark(place.list_url, place.index)
    assert StatusBook(tmp_path, URL).state(place.list_url, place.index) == "revoked"


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
    book.mark(suspension.list_url, suspension.index, suspend=True)
    assert book.state(suspension.list_url, suspension.index) == "suspended"
    book.mark(suspension.list_url, suspension.index, active=True)
    assert book.state(suspension.list_url, suspension.index) == "active"
    book.mark(revocation.list_url, revocation.index)
    with pytest.raises(StateError):
        book.mark(revocation.list_url, revocation.index, active=True)
    with pytest.raises(StateError) as caught:
        book.mark(revocation.list_url, revocation.index, suspend=True)
    assert caught.value.code == "state.not-suspendable"


@pytest.mark.parametrize("is_token", [False, True])
def test_what_can_be_suspended_can_be_revoked_by_the_same_place(tmp_path: Path, is_token: bool) -> None:
    """For good; kept over a restart; and no decoy of the one list is a place of the other."""
    book = StatusBook(tmp_path, URL)
    places = [book.allocate("suspension", token=is_token) for _each in range(20)]
    assert {one.revocation_url for one in places} == (
        {""} if is_token else {f"{URL}/suspension-revocation.json"}
    )
    assert {book.state(one.list_url, one.index) for one in places} == {"active"}
    book.mark(places[0].list_url, places[0].index, suspend=True)
    book.mark(places[0].list_url, places[0].index)
    book.mark(places[1].list_url, places[1].index)
    again = StatusBook(tmp_path, URL)
    assert [again.state(one.list_url, one.index) for one in places[:3]] == ["revoked", "revoked", "active"]
    with pytest.raises(StateError, match="final"):
        again.mark(places[0].list_url, places[0].index, active=True)
    main = "token-suspension" if is_token else "suspension"
    lists = [again._list(name).bits for name in (main, f"{main}-revocation")]
    assert int.from_bytes(lists[0]) & int.from_bytes(lists[1]) == 0x80 >> (places[0].index & 7) << 8 * (
        len(lists[0]) - 1 - (places[0].index >> 3)
    )
    assert [int.from_bytes(one).bit_count() for one in lists] == [401, 402]
    names = [path.name for path in again.publish(issuer(), at=AT)]
    assert names == (
        ["token-suspension.jwt"] if is_token else ["suspension.json", "suspension-revocation.json"]
    )


def test_lists_for_suspension_from_before_get_revocations_beside_them(tmp_path: Path) -> None:
    """No decoy hits a place that was given away."""
    book = StatusBook(tmp_path, URL)
    before = [book.allocate("suspension", token=True) for _each in range(20)]
    book.save()
    (tmp_path / "token-suspension-revocation.state").unlink()
    again = StatusBook(tmp_path, URL)
    assert {again.state(one.list_url, one.index) for one in before} == {"active"}


def test_attestations_have_token_lists_of_their_own(tmp_path: Path) -> None:
    book = StatusBook(tmp_path, URL)
    revocation, suspension = book.allocate(token=True), book.allocate("suspension", token=True)
    assert revocation.list_url == f"{URL}/token-revocation.jwt"
    assert suspension.list_url == f"{URL}/token-suspension.jwt"
    assert [one.purpose for one in (revocation, suspension)] == ["revocation", "suspension"]
    book.mark(suspension.list_url, suspension.index, suspend=True)
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
