"""Uploads are hostile: too large, not what they are called, bombs, scripts, nesting. Each is told, none does harm."""

from __future__ import annotations

import io
import json
import struct
import time
import zipfile
import zlib
from typing import Any

import pytest
from django.urls import reverse

from tessella.containers import bake_svg
from tessella_web.accounts.models import Person
from tessella_web.credentials.arriving import domain
from tessella_web.credentials.arriving.domain import HandedIn
from tessella_web.credentials.arriving.models import Became, Found, Upload
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES
from tessella_web.credentials.wallet.models import Item
from tests.web.pages import CheckingClient
from tests.web.wallet.making import archive, badge, baked, course, picture

pytestmark = pytest.mark.django_db

LONGEST_S = 20
"""On a machine with nothing else to do each takes well under two seconds."""


def bring(by: Person, name: str, data: bytes) -> list[Found]:
    started = time.monotonic()
    made = domain.receive(by=by, files=[HandedIn(name, data)], language="en")
    while domain.work():
        pass
    assert time.monotonic() - started < LONGEST_S
    return list(Found.objects.filter(upload__arrival=made).select_related("item"))


def png_bomb() -> bytes:
    """A badge picture whose text unpacks to a hundred megabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    text = b"openbadges\0\0" + zlib.compress(b" " * 100_000_000, 9)
    itxt = b"openbadgecredential\0\1\0\0\0" + zlib.compress(b" " * 100_000_000, 9)
    plain = picture()
    return plain[:33] + chunk(b"zTXt", text) + chunk(b"iTXt", itxt) + plain[33:]


def huge_picture() -> bytes:
    """A picture that says it has four thousand million pixels."""
    data = bytearray(picture())
    data[16:24] = struct.pack(">II", 65_000, 65_000)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    return bytes(data)


def zip_bomb() -> bytes:
    return archive(a__json=b" " * 300_000_000)


def nested_zips() -> bytes:
    data = archive(a__json=b"{}" + b" " * 1_000_000)
    for _level in range(12):
        data = archive(a__zip=data, b__zip=data)
    return data


def lying_zip() -> bytes:
    """An archive whose table of contents says that its member is small."""
    data = bytearray(archive(a__json=b" " * 20_000_000))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    return bytes(data)


def pdf_bomb() -> bytes:
    packed = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(a.json) 4 0 R]>>>>>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
        b"4 0 obj<</Type/Filespec/F(a.json)/UF(a.json)/EF<</F 5 0 R>>>>endobj\n"
        b"5 0 obj<</Type/EmbeddedFile/Filter[/FlateDecode/FlateDecode]/Length " + str(len(packed)).encode() + b">>stream\n"
        + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R/Size 6>>\n%%EOF"
    )  # fmt: skip


def laughs(root: str = "elmo") -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{entities}]><{root}>&l9;</{root}>'.encode()
    )


def outside_entity(root: str = "elmo") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>&x;</{root}>'.encode()


BOMBS = {
    "picture text": ("a.png", png_bomb), "picture size": ("a.png", huge_picture), "archive": ("a.zip", zip_bomb),
    "archives in archives": ("a.zip", nested_zips), "archive that lies": ("a.zip", lying_zip), "PDF stream": ("a.pdf", pdf_bomb),
    "XML entities": ("a.xml", laughs), "XML entities in a picture": ("a.svg", lambda: laughs("svg")),
    "file of the machine": ("a.xml", outside_entity), "file of the machine in a picture": ("a.svg", lambda: outside_entity("svg")),
    "deep JSON": ("a.json", lambda: b"[" * 200_000 + b"]" * 200_000),
    "deep object": ("a.json", lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "repeated key": ("a.json", lambda: b'{"type":["VerifiableCredential"],"type":1}'),
    "long number": ("a.json", lambda: b'{"type":"VerifiableCredential","id":' + b"9" * 500_000 + b"}"),
    "poison graph": ("a.json", lambda: json.dumps({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiableCredential"], "credentialSubject": [{"x": {}} for _ in range(3_000)]}).encode()),
}  # fmt: skip


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_told_and_nothing_of_it_is_kept(kind: str, dana: Person) -> None:
    name, make = BOMBS[kind]
    found = bring(dana, name, make())
    assert {one.became for one in found} == {Became.REFUSED}
    assert all(
        one.message and one.hint and "passwd" not in one.message and "root:" not in one.message
        for one in found
    )
    assert not Item.objects.exists()
    assert not Upload.objects.exclude(file="").exists()


def test_a_file_that_is_too_large_is_told_beside_the_good_one(dana: Person) -> None:
    files = [HandedIn("large.pdf", b"%PDF-" + b" " * MAX_UPLOAD_BYTES), HandedIn("a.json", badge())]
    made = domain.receive(by=dana, files=files, language="en")
    found = Found.objects.filter(upload__arrival=made).order_by("upload__number")
    assert [(one.became, one.code) for one in found] == [("refused", "wallet.too-large"), ("new", "")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("badge.png", b"<html><script>alert(1)</script></html>"),
        ("badge.png", b"GIF89a/*<script>alert(1)</script>*/"),
        ("badge.json", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("badge.pdf", b"<?php system($_GET['c']); ?>"),
        ("badge.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_no_credential(name: str, data: bytes, dana: Person) -> None:
    assert [(one.became, one.code) for one in bring(dana, name, data)] == [("refused", "wallet.nothing")]


@pytest.mark.parametrize("make", [
    lambda: baked(badge()) + b"<html><script>alert(1)</script></html>",
    lambda: baked(badge()) + archive(b__json=badge(course("Mead"))),
])  # fmt: skip
def test_a_file_that_is_two_things_at_once_is_read_as_the_first(make: Any, dana: Person) -> None:
    found = bring(dana, "badge.png", make())
    assert [one.title for one in found if one.became == Became.NEW] in ([], ["Beekeeping"])


def test_scripts_in_a_picture_are_never_a_page_of_ours(client: CheckingClient, dana: Person) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='alert(1)'><script>alert(1)</script></svg>"
    found = bring(dana, '"><script>alert(1)</script>.svg', bake_svg(svg, badge()))
    assert [one.became for one in found] == [Became.NEW]
    client.force_login(dana)
    answer = client.get(reverse("wallet-file", args=[found[0].key]))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert "<" not in answer["Content-Disposition"]
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    for address in (
        reverse("wallet-entry", args=[found[0].key]),
        reverse("wallet-arrival", args=[found[0].upload.arrival_id]),
    ):
        assert b"<script>alert" not in client.get(address).content


def test_what_credentials_call_themselves_is_text_on_every_page(client: CheckingClient, dana: Person) -> None:
    evil = "<img src=x onerror=alert(1)>"
    bring(dana, "a.json", badge(course(evil, issuer=f"Hive {evil}", id="urn:example:evil")))
    client.force_login(dana)
    for name in (
        "wallet",
        "wallet-mosaic",
        "wallet-timeline",
        "wallet-skills",
        "wallet-towards",
        "wallet-mosaic-file",
    ):
        assert b"<img src=x" not in client.get(reverse(name)).content


def test_names_in_an_archive_lead_nowhere(dana: Person, own_places: Any) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        target.writestr("../../../../tmp/evil.json", badge())
        target.writestr("/etc/evil.json", badge(course("Mead")))
    found = bring(dana, "..\\..\\evil.zip", made.getvalue())
    assert sorted(one.item.name for one in found if one.item) == ["evil.json", "evil.json"]
    assert all(one.item.file.startswith(f"wallet/{dana.id}/") for one in found if one.item)
    assert Upload.objects.get().name == "evil.zip"


def test_too_many_files_at_once_are_refused_whole(client: CheckingClient, dana: Person) -> None:
    client.force_login(dana)
    from django.core.files.uploadedfile import SimpleUploadedFile

    files = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(domain.MOST_FILES + 1)]
    page = client.post("/wallet/add", {"file": files})
    assert (page.status_code, Upload.objects.count()) == (200, 0)
    assert "too many files at once" in page.page.text
