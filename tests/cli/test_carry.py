"""Credentials into pictures and out of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tessella.containers import Carrier, read_png, read_qr, read_svg
from tests.cli.support import Result
from tests.containers.test_png import png
from tests.verification.support import OTHER, badge, proved, sealed, text
from tests.verification.test_clr import record

Run = Callable[..., Result]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures, a badge and a learner record."""
    (tmp_path / "plain.png").write_bytes(png())
    (tmp_path / "plain.svg").write_bytes(SVG)
    (tmp_path / "badge.json").write_bytes(sealed())
    (tmp_path / "clr.json").write_bytes(text(proved(record(proved(badge())), OTHER)))
    (tmp_path / "hosted.json").write_bytes(
        text(
            {
                "@context": "https://w3id.org/openbadges/v2",
                "type": "Assertion",
                "id": "https://uni.example/badges/a/1.json",
                "verification": {"type": "HostedBadge"},
            }
        )
    )
    return tmp_path


@pytest.mark.parametrize(
    ("credential", "carrier"),
    [
        ("badge.json", Carrier.OPEN_BADGES_3),
        ("clr.json", Carrier.CLR),
        ("hosted.json", Carrier.OPEN_BADGES_2),
    ],
)
@pytest.mark.parametrize("form", ["png", "svg"])
def test_credential_goes_into_a_picture_and_comes_out_unchanged(
    run: Run, folder: Path, credential: str, carrier: Carrier, form: str
) -> None:
    assert run("bake", credential, f"plain.{form}", "-o", f"baked.{form}").code == 0
    (baked,) = {"png": read_png, "svg": read_svg}[form]((folder / f"baked.{form}").read_bytes())
    assert baked.carrier is carrier
    assert run("unbake", f"baked.{form}", "-o", "again.json").code == 0
    assert (folder / "again.json").read_bytes() == (folder / credential).read_bytes()


def test_baking_again_replaces(run: Run, folder: Path) -> None:
    run("bake", "badge.json", "plain.png", "-o", "once.png")
    run("bake", "badge.json", "once.png", "-o", "twice.png")
    assert (folder / "twice.png").read_bytes() == (folder / "once.png").read_bytes()


def test_baked_picture_is_verified(run: Run, folder: Path) -> None:
    run("bake", "badge.json", "plain.png", "-o", "baked.png")
    done = run("verify", "baked.png", "--at", "2026-09-01", "--json")
    assert (done.code, done.lines[0]["format"]) == (0, "openbadges3")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bake", "badge.json", "badge.json", "-o", "x.png"), "PNG and SVG"),
        (("bake", "plain.png", "plain.png", "-o", "x.png"), "unbake"),
        (("unbake", "plain.png", "-o", "x.json"), "no credential"),
        (("unbake", "badge.json", "-o", "x.json"), "PNG and SVG"),
        (("qr", "badge.json", "-o", "x.gif"), "PNG or SVG"),
        (("qr", "none.json", "-o", "x.png"), "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments)
    assert (done.code, words in done.errors) == (2, True), done.errors
    assert "Traceback" not in done.errors


def test_code_carries_a_link(run: Run, folder: Path) -> None:
    done = run("qr", "https://uni.example/v/1", "-o", "link.png")
    assert (done.code, "a link" in done.output) == (0, True)
    assert read_qr((folder / "link.png").read_bytes()) == ("https://uni.example/v/1",)
    assert run("qr", "https://uni.example/v/1", "-o", "link.svg").code == 0
    assert (folder / "link.svg").read_bytes().startswith(b"<?xml")


def test_code_of_a_hosted_badge_carries_its_address(run: Run, folder: Path) -> None:
    run("qr", "hosted.json", "-o", "hosted.png")
    assert read_qr((folder / "hosted.png").read_bytes()) == ("https://uni.example/badges/a/1.json",)


def test_small_credential_goes_into_the_code_and_is_verified_from_the_picture(run: Run, folder: Path) -> None:
    document = json.loads((folder / "badge.json").read_bytes())
    (folder / "badge.json").write_text(json.dumps(document, indent=4), encoding="utf-8")
    done = run("qr", "badge.json", "-o", "code.png")
    assert (done.code, "the credential itself" in done.output) == (0, True), done.errors
    done = run("verify", "code.png", "--at", "2026-09-01", "--json")
    assert (done.code, done.lines[0]["subject"]["where"]) == (0, "QR")


def test_large_credential_is_refused_with_its_size(run: Run, folder: Path) -> None:
    (folder / "badge.json").write_bytes(sealed(description="word " * 1000))
    done = run("qr", "badge.json", "-o", "code.png")
    assert done.code == 2
    assert "a QR code holds 2953" in " ".join(done.errors.split())
    assert not (folder / "code.png").exists()


def test_attestation_with_few_claims_fits_into_a_code(run: Run, tmp_path: Path) -> None:
    """What a learner would print on a card: most claims withheld."""
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    (tmp_path / "one.csv").write_text("Full name\nOna Canary\n", encoding="utf-8")
    run("issue", "data-ethics.yaml", "one.csv", "--formats", "attestation")
    (token,) = (tmp_path / "out" / "attestation").iterdir()
    whole = run("qr", token, "-o", "whole.png")
    assert (whole.code, "tessella disclose" in " ".join(whole.errors.split())) == (2, True)
    run("disclose", token, "--claim", "family_name", "--out", "card.sd-jwt")
    done = run("qr", "card.sd-jwt", "-o", "card.png")
    assert done.code == 0, done.errors
    assert run("verify", "card.png", "--brief").code == 0
