"""How certificates look and who seals under a mandate, said in a file beside the description."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from tests.cli.support import Result

Run = Callable[..., Result]

HOUSE = """
style:
  logo: logo.png
  colour: "#7a1f5c"
  languages: [en, nl]
  signatories:
    - {name: Dr Ana Voorbeeld, function: {en: Dean, nl: Decaan}, picture: signature.png}
    - {name: Bo de Wit, function: Registrar}
sealing_body: {name: "EduSeal Services (fictitious)", legal_id: NTRBE-12121212, places: BE}
mandate: {statement: "EduSeal seals for the University of Twickel until 2028.", title: Mandate of 1 May 2026, document: mandate.pdf}
"""


def png(colour: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (60, 30), colour).save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def ready(run: Run, tmp_path: Path) -> Path:
    """The example's description, one learner, a badge key, the e-seal of another body, and the files that the house names."""
    run("example", "--copy-to", ".")
    run("keys", "create", "badges")
    seal = ("--test-seal", "EduSeal Services (fictitious)", "--country", "BE", "--legal-id", "NTRBE-12121212")
    assert run("keys", "create", "seal", *seal).code == 0
    (tmp_path / "one.csv").write_text("Full name\nOna K\n", encoding="utf-8")
    house = tmp_path / "house"
    house.mkdir()
    (house / "house.yaml").write_text(HOUSE, encoding="utf-8")
    (house / "logo.png").write_bytes(png("purple"))
    (house / "signature.png").write_bytes(png("black"))
    (house / "mandate.pdf").write_bytes(b"%PDF-1.7 an invented mandate")
    return tmp_path


def test_a_mandate_travels_in_the_credential_and_the_body_that_seals_is_its_issuer(
    run: Run, ready: Path
) -> None:
    done = run(
        "issue", "data-ethics.yaml", "one.csv", "--formats", "edc,openbadge", "--house", "house/house.yaml"
    )
    assert done.code == 0, done.errors
    (edc,) = (ready / "out" / "edc").iterdir()
    checked = run("verify", "--json", edc, "--anchor", "keys/seal.test-ca.pem")
    verdicts = {check["id"]: check["verdict"] for check in checked.lines[0]["checks"]}
    assert (checked.code, verdicts["binding"]) == (0, "passed")
    told = json.dumps(checked.lines[0], ensure_ascii=False)
    assert "EduSeal seals for the University of Twickel until 2028." in told
    assert "EduSeal" in run("show", edc).output
    badge = json.loads(next((ready / "out" / "openbadge").iterdir()).read_bytes())
    assert "EduSeal" not in json.dumps(badge["issuer"])


def test_certificates_have_logo_colour_signatories_and_languages(run: Run, ready: Path) -> None:
    plain = run("issue", "data-ethics.yaml", "one.csv", "--formats", "pdf", "--out", "plain")
    styled = run("issue", "data-ethics.yaml", "one.csv", "--formats", "pdf", "--house", "house/house.yaml")
    assert (plain.code, styled.code) == (0, 0), styled.errors
    (before,), (after,) = ((ready / folder / "pdf").iterdir() for folder in ("plain", "out"))
    assert pages(after) == pages(before) + 1  # a first page in each language
    words = text(after)
    for word in ("Dr Ana Voorbeeld", "Dean", "Decaan", "Bo de Wit", "Registrar"):
        assert word in words
    assert "Voorbeeld" not in text(before)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"#7a1f5c"', "aubergine", "not a colour"),
        ("logo.png", "mandate.pdf", "no picture"),
        ("logo.png", "house.yaml", "neither PNG, JPEG, SVG nor PDF"),
        ("logo.png", "broken.png", "no picture"),
        ("logo.png", "nothing.png", "nothing.png"),
        ("colour:", "color:", "color"),
        ("[en, nl]", "[en, nl, de, fr, es, it, pt]", "6 languages"),
        ("sealing_body:", "# ", "belong together"),
        ("places: BE", "places: Atlantis", "Atlantis"),
        ("style:", "- style", "house.yaml"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_sealed(
    run: Run, ready: Path, old: str, new: str, said: str
) -> None:
    (ready / "house" / "broken.png").write_bytes(png("red")[:40])
    file = ready / "house" / "house.yaml"
    assert old in HOUSE
    file.write_text(HOUSE.replace(old, new, 1), encoding="utf-8")
    done = run("issue", "data-ethics.yaml", "one.csv", "--house", "house/house.yaml")
    assert (done.code, said in done.errors, "Traceback" in done.errors) == (2, True, False), done.errors
    assert not (ready / "out").exists()


def pages(pdf: Path) -> int:
    return len(pypdf.PdfReader(pdf).pages)


def text(pdf: Path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
