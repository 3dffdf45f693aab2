"""How certificates look: pictures made harmless, colours readable, names in several languages, used in what is sealed."""

from __future__ import annotations

import datetime as dt
import io

import pypdf
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Picture

from tessella_web.accounts.branding import domain, queries
from tessella_web.accounts.branding.models import Look, Signatory
from tessella_web.accounts.branding.pictures import MAX_HEIGHT, MAX_UPLOAD_BYTES, cleaned_picture
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.common.errors import NotAllowedError, RefusedError
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.models import Copy
from tests.web.pages import CheckingClient

pytestmark = pytest.mark.django_db

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20" onload="steal()">
<script>steal()</script><style>rect { fill: url(https://evil.example/x) }</style>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>
<image href="https://evil.example/pixel.png"/><a href="javascript:steal()"><rect width="1" height="1"/></a>
<defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs>
<rect width="40" height="20" style="fill:url(#g);behavior:url(x)" onclick="steal()"/>
<use xlink:href="https://evil.example/a.svg#b"/><use xlink:href="#g"/><animate attributeName="x"/>
<path d="M0 0L10 10" fill="url(https://evil.example)"/><text>Twickel</text></svg>"""


def png(size: tuple[int, int] = (300, 100), **options: object) -> bytes:
    target = io.BytesIO()
    Picture.new("RGBA", size, "#1144aa80").save(target, "PNG", **options)
    return target.getvalue()


def test_drawing_keeps_what_draws_and_nothing_else() -> None:
    kept = cleaned_picture(SVG, field="logo").content.decode()
    for gone in ("script", "style", "foreignObject", "evil", "steal", "javascript", "onload", "onclick", "animate", "behavior", "<a", "image"):  # fmt: skip
        assert gone not in kept, gone
    for stays in (
        'viewBox="0 0 40 20"',
        'fill="url(#g)"',
        'href="#g"',
        "M0 0L10 10",
        "Twickel",
        "linearGradient",
    ):
        assert stays in kept, stays


@pytest.mark.parametrize(
    "data",
    [
        b"", b"junk", b"<svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html><svg></svg></html>",
        b"<!DOCTYPE svg [<!ENTITY a 'x'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>&a;</svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'>" + b"<g/>" * 6000 + b"</svg>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40, png()[:60], b"\0" * (MAX_UPLOAD_BYTES + 1),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_at_its_field(data: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        cleaned_picture(data, field="logo")
    assert caught.value.field == "logo"


def test_huge_picture_is_refused_before_it_is_opened() -> None:
    with pytest.raises(RefusedError):
        cleaned_picture(png((6000, 6000)), field="logo")


def test_photo_is_drawn_anew_without_what_was_said_about_it() -> None:
    from PIL.PngImagePlugin import PngInfo

    about = PngInfo()
    about.add_text("Location", "52.2, 6.6")
    made = cleaned_picture(png((2000, 2000), pnginfo=about), field="logo")
    with Picture.open(io.BytesIO(made.content)) as found:
        assert (found.height, found.mode, found.info.get("Location")) == (MAX_HEIGHT, "RGBA", None)


def test_certificates_of_a_batch_have_the_look(
    alice: Person, organisation: Organisation, version: Version, sealing_keys: None
) -> None:
    domain.set_look(by=alice, organisation=organisation, colour="#ffcc00", languages=["en", "nl"], logo=png())
    domain.add_signatory(
        by=alice, organisation=organisation, name="Marijke ten Hoopen", function={"en": "Dean", "nl": "Decaan"}, picture=SVG
    )  # fmt: skip
    values = {"given_name": "Sanne", "result": "passed", "assessed_on": dt.date(2026, 5, 4)}
    batch = batches.prepare_learner(by=alice, version=version, values=values, formats=["pdf"])
    batches.start(by=alice, batch=batch)
    assert seal_next_chunk()
    batch.refresh_from_db()
    copy = Copy.objects.get()
    reader = pypdf.PdfReader(io.BytesIO(default_storage.open(copy.file).read()))
    first, second = (" ".join(page.extract_text().split()) for page in reader.pages[:2])
    assert ["Dean" in first, "awarded to" in first, "Decaan" in second, "toegekend aan" in second] == [
        True
    ] * 4
    assert b"<pdfuaid:part>1" in reader.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]


def test_only_owners_change_it(
    alice: Person, bob: Person, charlie: Person, organisation: Organisation
) -> None:
    made = domain.add_signatory(by=alice, organisation=organisation, name="A", function={})
    for who in (bob, charlie):
        for verb in (
            lambda who=who: domain.set_look(by=who, organisation=organisation),
            lambda who=who: domain.remove_logo(by=who, organisation=organisation),
            lambda who=who: domain.add_signatory(by=who, organisation=organisation, name="B", function={}),
            lambda who=who: domain.remove_signatory(by=who, signatory=made),
        ):
            with pytest.raises(NotAllowedError):
                verb()


def test_limits(alice: Person, organisation: Organisation) -> None:
    for number in range(3):
        domain.add_signatory(by=alice, organisation=organisation, name=f"N{number}", function={})
    for verb, code in (
        (lambda: domain.add_signatory(by=alice, organisation=organisation, name="x", function={}), "branding.signatories"),
        (lambda: domain.set_look(by=alice, organisation=organisation, languages=list("abcdefg")), "branding.languages"),
        (lambda: domain.set_look(by=alice, organisation=organisation, colour="red"), "branding.colour"),
    ):  # fmt: skip
        with pytest.raises(RefusedError) as caught:
            verb()
        assert caught.value.code == code


def test_pages(
    alice: Person,
    bob: Person,
    charlie: Person,
    organisation: Organisation,
    version: Version,
    client: CheckingClient,
) -> None:
    names = ("certificates", "certificates-preview", "signatory-new")
    for name in names:
        address = reverse(name, args=["twickel"])
        client.logout()
        assert client.get(address).status_code == 302
        for who, status in ((bob, 403), (charlie, 404), (alice, 200)):
            client.force_login(who)
            assert client.get(address).status_code == status, address
    page = reverse("certificates", args=["twickel"])
    done = client.post(page, {"colour": "#ffcc00", "languages": ["en", "de"], "main": "de", "logo": SimpleUploadedFile("l.svg", SVG)})  # fmt: skip
    assert done.status_code == 302
    look = Look.objects.get()
    assert (look.languages, look.logo_type) == (["de", "en"], "image/svg+xml")
    shown = client.get(page).content.decode()
    assert ["so it is printed as" in shown, 'alt="Logo of University of Twickel"' in shown] == [True, True]
    assert "is not a colour" in client.post(page, {"colour": "blue"}).content.decode()
    client.post(reverse("signatory-new", args=["twickel"]), {"name": "Marijke", "function_de": "Dekanin", "function_en": "Dean"})  # fmt: skip
    one = Signatory.objects.get()
    assert one.function == {"de": "Dekanin", "en": "Dean"}
    pdf = client.get(reverse("certificates-preview", args=["twickel"]))
    text = " ".join(pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text().split())
    assert ["Dekanin" in text, "verliehen an" in text] == [True, True]
    remove = reverse("signatory-remove", args=["twickel", one.id])
    assert client.get(remove).status_code == 200
    client.post(remove)
    client.post(page, {"do": "remove-logo"})
    assert (queries.style_of(organisation).signatories, queries.style_of(organisation).logo) == ((), None)
