"""Status lists in a folder: places are never given twice or to a decoy, and their address stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tessella.adapters.statusbook import StatusBook
from tessella.errors import StateError

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
