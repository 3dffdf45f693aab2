"""How you seal: what can be issued, who accepts it, whose mandate; for owners and sealers."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person
from tessella_web.catalogue.models import Version
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.mandates.acceptance import ACCEPTANCE, MEANS
from tessella_web.credentials.mandates.models import Mandate, SealingChoice
from tessella_web.credentials.models import Award
from tests.web.mandates.test_mandates import SANNE, TODAY, asked, hanna, harbour, pdf
from tests.web.pages import CheckingClient

__all__ = ["hanna", "harbour"]

pytestmark = pytest.mark.django_db


def test_choices_are_said_plainly(alice: Person, organisation: Organisation, client: CheckingClient) -> None:
    client.force_login(alice)
    page = client.get(reverse("sealing", args=["twickel"])).content.decode()
    assert [text in page for text in ("legal identifier", "Europass", "Badge platforms", "Source", "test, and no check passes")] == [True] * 5  # fmt: skip
    client.post(reverse("sealing", args=["twickel"]), {"way": "badges"})
    assert SealingChoice.objects.get().way == "badges"
    page = client.get(reverse("sealing", args=["twickel"])).content.decode()
    assert "You chose Open Badges only" in page
    refused = client.post(reverse("sealing", args=["twickel"]), {"way": "mandate"}).content.decode()
    assert "There is no mandate that holds today" in refused


def test_every_receiver_has_an_answer_for_each_means() -> None:
    for one in ACCEPTANCE:
        assert (len(one.answers), {answer.state for answer in one.answers} <= {"passed", "failed", "indeterminate"}) == (len(MEANS), True)  # fmt: skip
        assert [source.url.startswith("https://") for source in one.sources] == [True] * len(one.sources)
    assert [bool(one.sources) for one in ACCEPTANCE] == [True] * (len(ACCEPTANCE) - 1) + [False]


def test_mandate_from_upload_to_public_page(
    alice: Person, hanna: Person, organisation: Organisation, harbour: Organisation, version: Version, client: CheckingClient
) -> None:  # fmt: skip
    keys.create_key(by=alice, organisation=organisation, use=KeyUse.BADGE)
    client.force_login(alice)
    form = reverse("mandate-new", args=["twickel"])
    values = {"mandated": "harbour", "scope": "Everything.", "valid_from": TODAY.isoformat()}
    refused = client.post(form, {**values, "file": SimpleUploadedFile("a.pdf", b"junk")})
    assert "not a document that can be read" in refused.content.decode()
    done = client.post(form, {**values, "file": SimpleUploadedFile("agreement.pdf", pdf())})
    mandate = Mandate.objects.get()
    assert done["Location"] == reverse("mandate", args=["twickel", mandate.id])
    assert "Confirm: we seal" not in client.get(done["Location"]).content.decode()
    document = client.get(reverse("mandate-document", args=["twickel", mandate.id]))
    assert (b"".join(document.streaming_content), document["Content-Disposition"]) == (
        pdf(),
        'attachment; filename="mandate.pdf"',
    )  # type: ignore[attr-defined]

    client.force_login(hanna)
    assert "asks you to seal" in client.get(reverse("sealing", args=["harbour"])).content.decode()
    shown = reverse("mandate", args=["harbour", mandate.id])
    assert "Confirm: we seal" in client.get(shown).content.decode()
    client.post(shown, {"do": "confirm"})

    client.force_login(alice)
    client.post(reverse("sealing", args=["twickel"]), {"way": "mandate", "mandate": mandate.id})
    assert SealingChoice.objects.get().mandate == mandate
    batch = batches.prepare_learner(by=alice, version=version, values=SANNE, formats=["edc"])
    batches.start(by=alice, batch=batch)
    assert seal_next_chunk()
    client.logout()
    public = client.get(reverse("award", args=[Award.objects.get().id])).content.decode()
    assert "Sealed by Harbour Skills on behalf of University of Twickel" in public
    client.force_login(hanna)
    assert "1 award" in client.get(shown).content.decode()
    client.post(shown, {"do": "end"})
    mandate.refresh_from_db()
    assert (mandate.state, SealingChoice.objects.get().way) == ("ended", "own")


def test_others_see_no_mandates(
    alice: Person, bob: Person, charlie: Person, organisation: Organisation, harbour: Organisation, client: CheckingClient
) -> None:  # fmt: skip
    mandate = asked(alice, organisation, harbour)
    for name, arguments in (
        ("sealing", ["twickel"]), ("mandate-new", ["twickel"]), ("mandate", ["twickel", mandate.id]), ("mandate-document", ["twickel", mandate.id]),
    ):  # fmt: skip
        address = reverse(name, args=arguments)
        client.logout()
        assert client.get(address).status_code == 302
        for who, status in ((bob, 403), (charlie, 404)):
            client.force_login(who)
            assert client.get(address).status_code == status, address


def test_mandate_of_two_others_is_not_found(
    alice: Person, organisation: Organisation, harbour: Organisation, client: CheckingClient
) -> None:
    from tessella_web.accounts import domain as accounts

    mandate = asked(alice, organisation, harbour, valid_to=TODAY + dt.timedelta(days=3))
    accounts.found_organisation(founder=alice, name="Third", slug="third", country="NLD")
    client.force_login(alice)
    assert client.get(reverse("mandate", args=["third", mandate.id])).status_code == 404
