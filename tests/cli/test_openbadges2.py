"""Open Badges 2.0 from the command line: issued, uploaded as they lie, verified, revoked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tessella.containers import Carrier, read_png, read_svg
from tessella.formats import openbadges2
from tessella.keys import base64url_decode
from tests.cli.support import Result

URL = "https://twickel.example/badges"
PERSON = "Given name,Family name,E-mail,Grade\nSanne,de Vries,sanne@example.org,8\n"
Run = Callable[..., Result]


@pytest.fixture
def badges(run: Run, tmp_path: Path) -> Path:
    """One learner's badges in both forms."""
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text(PERSON, encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge2,openbadge2-signed",
               "--badges-url", URL)  # fmt: skip
    assert done.code == 0, done.output + done.errors
    assert f"to {URL}" in " ".join(done.errors.split())
    return tmp_path / "out"


def site(out: Path) -> dict[str, Any]:
    """What is to be uploaded, by its path."""
    folder = out / "badges"
    return {
        path.relative_to(folder).as_posix(): json.loads(path.read_bytes())
        for path in sorted(folder.rglob("*.json"))
    }


def one(out: Path, folder: str) -> Path:
    (path,) = (out / folder).iterdir()
    return path


def verdicts(done: Result) -> dict[str, str]:
    (report,) = done.lines
    return {check["id"]: check["verdict"] for check in report["checks"]}


def test_documents_lie_as_they_are_to_be_uploaded(badges: Path) -> None:
    documents = site(badges)
    assert {path: (one["type"], one["id"]) for path, one in documents.items()} == {
        path: (kind, f"{URL}/{path}")
        for path, kind in zip(
            documents,
            ["Assertion", "BadgeClass", "Issuer", "CryptographicKey", "RevocationList"],
            strict=True,
        )
    }
    assert [path.split("/")[0] for path in documents] == ["a", "b", "issuer.json", "keys", "revoked.json"]
    assertion, badge, issuer, key, _ = documents.values()
    assert (assertion["badge"], badge["issuer"]) == (badge["id"], issuer["id"])
    assert (issuer["publicKey"], issuer["revocationList"]) == ([key["id"]], f"{URL}/revoked.json")
    assert assertion["verification"] == {"type": "HostedBadge"}
    assert (badges / "badges" / badge["image"].removeprefix(f"{URL}/")).read_bytes()[:4] == b"\x89PNG"


def test_recipient_is_hashed_with_a_salt_of_its_own(badges: Path) -> None:
    recipients = [one["recipient"] for path, one in site(badges).items() if path.startswith("a/")]
    (baked,) = read_png(one(badges, "openbadge2").read_bytes())
    assert baked.carrier is Carrier.OPEN_BADGES_2
    assert [json.loads(baked.text)["recipient"]] == recipients
    assert openbadges2.recipient_matches(recipients[0], "sanne@example.org")
    assert not openbadges2.recipient_matches(recipients[0], "bram@example.org")
    assert b"sanne@" not in baked.text
    assert len(recipients[0]["salt"]) >= 16


@pytest.mark.parametrize("folder", ["openbadge2", "openbadge2-signed"])
def test_own_badge_is_verified_from_the_folder(run: Run, badges: Path, folder: str) -> None:
    done = run("verify", one(badges, folder), "--published", "out", "--json")
    assert done.code == 0, done.output
    assert {
        id: verdicts(done)[id] for id in ("format", "seal", "binding", "validity", "status", "trust")
    } == (dict.fromkeys(("format", "seal", "binding", "validity", "status", "trust"), "passed"))
    assert run("verify", one(badges, folder)).code == 3, "without the site it is not established"


@pytest.mark.parametrize("folder", ["openbadge2", "openbadge2-signed"])
def test_revoked_badge_fails_and_the_other_copy_does_not(run: Run, badges: Path, folder: str) -> None:
    done = run("revoke", one(badges, folder), "--reason", "Issued by mistake.")
    assert done.code == 0, done.errors
    assert "Publish now" in done.errors
    done = run("verify", one(badges, folder), "--published", "out", "--json")
    assert (done.code, verdicts(done)["status"]) == (1, "failed")
    other = {"openbadge2": "openbadge2-signed", "openbadge2-signed": "openbadge2"}[folder]
    assert run("verify", one(badges, other), "--published", "out").code == 0


def test_revoked_assertion_says_no_more_than_that(run: Run, badges: Path) -> None:
    (path,) = (badges / "badges" / "a").iterdir()
    address = f"{URL}/a/{path.name}"
    assert run("revoke", address, "--reason", "Issued by mistake.").code == 0
    assert json.loads(path.read_bytes()) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": address,
        "revoked": True,
        "revocationReason": "Issued by mistake.",
    }
    assert run("revoke", address).code == 0, "revoking again keeps the reason"
    assert json.loads(path.read_bytes())["revocationReason"] == "Issued by mistake."
    done = run("verify", one(badges, "openbadge2"), "--published", "out")
    assert "It says: Issued by mistake." in " ".join(done.output.split())


def test_signed_badge_is_revoked_in_the_list(run: Run, badges: Path) -> None:
    run("revoke", one(badges, "openbadge2-signed"), "--reason", "Issued by mistake.")
    (entry,) = site(badges)["revoked.json"]["revokedAssertions"]
    assert entry["revocationReason"] == "Issued by mistake."
    assert entry["id"].startswith(f"{URL}/a/")


def test_status_tells_what_is_published(run: Run, badges: Path) -> None:
    run("revoke", one(badges, "openbadge2"))
    done = run("status", one(badges, "openbadge2"), "--all-copies", "--json")
    assert [(line["format"], line["status"]) for line in done.lines] == [
        ("openbadge2", "revoked"),
        ("openbadge2-signed", "active"),
    ]


def test_issuing_again_keeps_revocations_and_earlier_keys(run: Run, badges: Path, tmp_path: Path) -> None:
    run("revoke", one(badges, "openbadge2-signed"))
    before = site(badges)
    run("keys", "create", "next")
    more = PERSON + "Bram,de Boer,bram@example.org,7\n"
    (tmp_path / "one.csv").write_text(more, encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge2-signed", "--badges-url", URL,
               "--badge-key", "next")  # fmt: skip
    assert done.code == 0, done.errors
    after = site(badges)
    assert after["revoked.json"] == before["revoked.json"]
    assert len(after["issuer.json"]["publicKey"]) == 2
    for path in (badges / "openbadge2-signed").iterdir():
        code = run("verify", path, "--published", "out").code
        assert code == (1 if "sanne" in path.name else 0), path.name


def test_changed_assertion_fails(run: Run, badges: Path, tmp_path: Path) -> None:
    (baked,) = read_png(one(badges, "openbadge2").read_bytes())
    document = json.loads(baked.text) | {"issuedOn": "2020-01-01T00:00:00Z"}
    (tmp_path / "changed.json").write_text(json.dumps(document), encoding="utf-8")
    done = run("verify", "changed.json", "--published", "out", "--json")
    assert (done.code, verdicts(done)["seal"]) == (1, "failed")


def test_without_an_address_the_format_is_refused_and_all_leaves_it_out(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text(PERSON, encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge2")
    assert (done.code, "--badges-url" in done.errors) == (2, True)
    done = run("issue", "data-ethics.yaml", "one.csv")
    assert done.code == 0, done.errors
    assert "Not made: Open Badge 2.0, hosted; Open Badge 2.0, signed." in done.errors
    assert not (tmp_path / "out" / "badges").exists()


@pytest.mark.parametrize("url", ["http://twickel.example", "twickel.example/badges", "https://a.example/?x"])
def test_address_must_be_https(run: Run, tmp_path: Path, url: str) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text(PERSON, encoding="utf-8")
    done = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge2", "--badges-url", url, "--json"
    )
    assert (done.code, done.lines[0]["error"]["code"]) == (2, "issuing.badges-url")


def test_drawing_carries_a_badge_of_its_own(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text(PERSON, encoding="utf-8")
    assert run("issue", "data-ethics.yaml", "one.csv", "--formats", "svg").code == 0
    path = one(tmp_path / "out", "svg")
    (baked,) = read_svg(path.read_bytes())
    assert baked.carrier is Carrier.OPEN_BADGES_3
    assert run("verify", path).code == 0


def test_rsa_key_signs_badges_and_is_chosen_by_name_only(run: Run, tmp_path: Path) -> None:
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    assert run("keys", "create", "rsa", "--algorithm", "RS256").code == 0
    (tmp_path / "one.csv").write_text(PERSON, encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge")
    assert done.code == 0, done.errors
    done = run("issue", "data-ethics.yaml", "one.csv", "--formats", "openbadge2-signed", "--badges-url", URL,
               "--badge-key", "rsa")  # fmt: skip
    assert done.code == 0, done.errors
    path = one(tmp_path / "out", "openbadge2-signed")
    assert json.loads(base64url_decode(path.read_bytes().split(b".")[0]))["alg"] == "RS256"
    assert run("verify", path, "--published", "out").code == 0
