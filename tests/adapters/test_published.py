"""Documents of a folder are found at the addresses they name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tessella.adapters.http import NoFetcher
from tessella.adapters.published import FolderFetcher
from tessella.errors import AccessError

SITE = "https://twickel.example/badges"


def fetcher(folder: Path, *paths: str) -> FolderFetcher:
    """Over the site of an issuer, with a document at each path that says it is there."""
    for path in ("issuer.json", *paths):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(json.dumps({"id": f"{SITE}/{path}"}), encoding="utf-8")
    return FolderFetcher(folder, NoFetcher())


@pytest.mark.parametrize("name", ["kKey.json", "-ca6alS.json", "_ca6alS.json", "7-_.json"])
def test_a_key_is_found_whatever_its_thumbprint_starts_with(tmp_path: Path, name: str) -> None:
    path = f"keys/{name}"
    found = fetcher(tmp_path, path).fetch(f"{SITE}/{path}", max_bytes=1000)
    assert json.loads(found.body) == {"id": f"{SITE}/{path}"}


@pytest.mark.parametrize("path", ["../issuer.json", "keys/../issuer.json", ".hidden.json", "keys//a.json"])
def test_an_address_leads_nowhere_but_down(tmp_path: Path, path: str) -> None:
    around = fetcher(tmp_path / "site", "keys/a.json")
    (tmp_path / "issuer.json").write_text(json.dumps({"id": f"{SITE}/{path}"}), encoding="utf-8")
    (tmp_path / "site" / ".hidden.json").write_text(json.dumps({"id": f"{SITE}/{path}"}), encoding="utf-8")
    with pytest.raises(AccessError):
        around.fetch(f"{SITE}/{path}", max_bytes=1000)
