"""The mixed folder of a university's helpdesk: what learners send, in all the ways in which they send it."""

from __future__ import annotations

import io
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tessella.containers import Carrier, bake_png, make_qr
from tessella.seals import jose
from tests.cli.support import Result
from tests.containers.test_archive import packed
from tests.containers.test_mail import mail
from tests.containers.test_pdf import pdf
from tests.containers.test_png import png
from tests.verification.support import KEY, OTHER, badge, proved, sealed, text
from tests.verification.test_clr import record

Run = Callable[..., Result]


def tampered() -> bytes:
    return sealed().replace(b"Water-wise viticulture", b"Water-wise enchantment")


def forwarded() -> bytes:
    """A mail that carries the mail with the archive."""
    inner = mail(("Meine Zertifikate.zip", packed({"certificate.pdf": pdf({"badge.json": sealed()})})))
    outer: EmailMessage = mail(text="FYI\n")
    outer.add_attachment(inner)
    return outer.as_bytes()


def photo() -> bytes:
    """A photograph of a printed card with a code that carries the credential itself."""
    code = Image.open(io.BytesIO(make_qr(jose.sign_vc_jwt(badge(), KEY), picture="png", scale=5)))
    page = Image.new("RGB", (code.width + 200, code.height + 300), (250, 248, 240))
    page.paste(code.convert("RGB"), (120, 180))
    out = io.BytesIO()
    page.rotate(2, fillcolor=(250, 248, 240)).save(out, "JPEG", quality=85)
    return out.getvalue()


def sent() -> dict[str, bytes]:
    """What was sent, by file name."""
    return {
        "01 forwarded.eml": forwarded(),
        "02 changed.eml": mail(("badge.json", tampered())).as_bytes(),
        "03 card.jpg": photo(),
        "04 record.png": bake_png(png(), text(proved(record(proved(badge())), OTHER)), carrier=Carrier.CLR),
        "05 both.zip": packed({"good/badge.json": sealed(), "bad/badge.json": tampered()}),
        "06 letter.eml": mail().as_bytes(),
        "07 outlook.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "08 box.mbox": b"From a@b.example Sun Nov 22 09:00:00 2026\n"
        + mail(("one.json", sealed())).as_bytes()
        + b"\nFrom a@b.example Sun Nov 22 10:00:00 2026\n"
        + mail(("two.json", sealed())).as_bytes(),
        "09 link.png": make_qr("https://uni.example/v/1", picture="png"),
        "10 bomb.zip": packed({"a.zip": packed({"zeros": b"0" * 3_000_000}), "ok.json": sealed()}),
    }


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox" / "2026"
    folder.mkdir(parents=True)
    for name, data in sent().items():
        (folder / name).write_bytes(data)
    return tmp_path / "inbox"


def by_name(done: Result) -> dict[str, Any]:
    return {Path(line["input"]).name: line for line in done.lines}


def trail(report: Any) -> list[tuple[str, str]]:
    return [(child["input"].rpartition("/2026/")[2], child["verdict"]) for child in report["children"]]


def test_every_file_of_the_folder_has_its_answer(run: Run, inbox: Path) -> None:
    done = run("verify", inbox, "--at", "2026-09-01", "--json")
    assert (done.code, "Traceback" in done.errors) == (1, False)
    reports = by_name(done)
    assert {name: one["verdict"] for name, one in reports.items()} == {
        "01 forwarded.eml": "passed",
        "02 changed.eml": "failed",
        "03 card.jpg": "passed",
        "04 record.png": "passed",
        "05 both.zip": "failed",
        "06 letter.eml": "failed",
        "07 outlook.msg": "indeterminate",
        "08 box.mbox": "passed",
        "09 link.png": "indeterminate",
        "10 bomb.zip": "failed",
    }
    assert reports["01 forwarded.eml"]["subject"]["where"] == (
        "My certificate – Zeugnis > Meine Zertifikate.zip > certificate.pdf > badge.json"
    )
    assert (reports["04 record.png"]["format"], len(reports["04 record.png"]["children"])) == ("clr", 1)
    assert trail(reports["05 both.zip"]) == [
        ("05 both.zip > good/badge.json", "passed"),
        ("05 both.zip > bad/badge.json", "failed"),
    ]
    assert trail(reports["08 box.mbox"]) == [
        ("08 box.mbox > mail 1 > one.json", "passed"),
        ("08 box.mbox > mail 2 > two.json", "passed"),
    ]
    assert trail(reports["10 bomb.zip"]) == [
        ("10 bomb.zip > a.zip", "failed"),
        ("10 bomb.zip > ok.json", "passed"),
    ]


def test_people_see_where_it_was_and_what_is_wrong(run: Run, inbox: Path) -> None:
    done = run("verify", inbox / "2026" / "01 forwarded.eml", "--at", "2026-09-01")
    assert "Meine Zertifikate.zip > certificate.pdf > badge.json" in done.output
    done = run("verify", inbox / "2026" / "07 outlook.msg")
    assert "Save the mail as .eml" in " ".join(done.output.split())
    done = run("verify", inbox / "2026" / "04 record.png", "--at", "2026-09-01")
    words = " ".join(done.output.split())
    assert "Vineyards isParentOf Water-wise viticulture" in words
    assert words.count("Is it unchanged since it was sealed?") == 2, "the record's own checks and its badge's"
