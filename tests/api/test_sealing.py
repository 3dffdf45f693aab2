"""Who seals, alliances, the look of certificates, seals that are handed in: as on the pages."""

from __future__ import annotations

import base64
import datetime as dt
from io import BytesIO

import pytest
from PIL import Image as Picture

from tessella.keys.testca import TestCertificateAuthority
from tessella_web.accounts.models import Organisation
from tessella_web.credentials.alliances.models import Membership, MembershipState
from tests.api.conftest import client_of
from tests.api.table import LOGO, things
from tests.web.credentials.test_keys import pkcs12_of
from tests.web.matrix.world import World

pytestmark = pytest.mark.usefixtures("unhurried")


def document() -> str:
    made = BytesIO()
    Picture.new("RGB", (20, 20)).save(made, "PNG")
    return base64.b64encode(made.getvalue()).decode()


def mandate(**more: str) -> dict[str, str]:
    return {
        "mandated": "harbour",
        "scope": "Badges.",
        "valid_from": "2026-01-01",
        "document": document(),
        **more,
    }


def test_a_mandate_is_uploaded_read_and_ended(world: World) -> None:
    things(world)
    owner = client_of(world, "owner")
    made = owner("POST", "/mandates", mandate(valid_to="2027-01-01"))
    assert (made.status_code, made.json()["state"]) == (201, "asked")
    path = f"/mandates/{made.json()['id']}"
    sent = owner("GET", f"{path}/document")
    assert base64.b64encode(b"".join(sent.streaming_content)).decode() == document()
    assert owner("POST", f"{path}/end").json()["state"] == "ended"
    again = owner("POST", f"{path}/end")
    assert (again.status_code, again.json()["code"]) == (409, "mandate.state")


def test_a_mandate_is_confirmed_only_by_the_token_of_who_is_to_seal(world: World) -> None:
    """The owner of both organisations needs a token of the second."""
    known = things(world)
    owner = client_of(world, "owner")
    assert owner("POST", f"/mandates/{known['mandate']}/confirmation").status_code == 404
    declined = owner("POST", f"/mandates/{known['mandate asked']}/decline")
    assert (declined.status_code, declined.json()["state"]) == (200, "declined")


def test_a_mandate_that_cannot_be_read_is_refused_at_its_place(world: World) -> None:
    things(world)
    refused = client_of(world, "owner")(
        "POST", "/mandates", mandate(document=base64.b64encode(b"words").decode())
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "mandate.document")
    assert client_of(world, "owner")("POST", "/mandates", mandate(document="?")).status_code == 422


def test_rows_with_problems_are_named_where_they_stand(world: World) -> None:
    known = things(world)
    names = world.version.record().awarding_bodies[0].name
    Organisation.objects.filter(pk=world.neighbours.pk).update(name=next(iter(names.values())))
    Membership.objects.create(
        alliance=world.organisation, member=world.neighbours, state=MembershipState.ACTIVE
    )
    assessed = {
        "result": "passed",
        "assessed_on": "2026-06-01",
        "assessed_by": world.people["assessor"].email,
    }
    rows = [
        {"full_name": "Eva Berg", "email": "eva@example.org", **assessed},
        {"full_name": "Bo Dal", "email": "no address", **assessed},
    ]
    sent = {"micro_credential": known["published"], "number": 1, "formats": ["openbadge"], "rows": rows}
    owner = client_of(world, "owner")
    refused = owner("POST", "/alliance/batches", sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "alliance.list")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["#/rows/1"]
    rows[1]["email"] = "bo@example.org"
    made = owner("POST", "/alliance/batches", sent)
    assert made.status_code == 201
    assert [(one["member"], one["state"]) for one in made.json()["parts"]] == [("hill", "waiting")]


def test_a_part_is_declined_with_its_reason(world: World) -> None:
    known = things(world)
    owner = client_of(world, "owner")
    waiting = owner("GET", "/parts").json()["items"]
    assert [one["id"] for one in waiting] == [known["part"]]
    declined = owner("POST", f"/parts/{known['part']}/decline", {"reason": "Not ours."})
    assert (declined.json()["state"], declined.json()["reason"]) == ("declined", "Not ours.")
    assert owner("GET", "/parts").json()["items"] == []


def test_an_invitation_to_an_alliance_is_accepted_and_left(world: World) -> None:
    known = things(world)
    owner = client_of(world, "owner")
    path = f"/memberships/{known['invited']}"
    assert owner("POST", f"{path}/acceptance").json()["state"] == "active"
    assert owner("POST", f"{path}/end").json()["state"] == "left"
    assert owner("GET", "/memberships").json()["items"] == []


def test_what_is_left_out_of_the_look_stays(world: World) -> None:
    owner = client_of(world, "owner")
    assert owner("PUT", "/branding/logo", data=LOGO, media="application/octet-stream").status_code == 200
    owner("PATCH", "/branding", {"languages": ["nl", "en"]})
    look = owner("PATCH", "/branding", {"colour": "#0B5C66"}).json()
    assert (look["colour"], look["languages"], look["logo_type"]) == (
        "#0b5c66",
        ["nl", "en"],
        "image/svg+xml",
    )
    assert owner("DELETE", "/branding/logo").status_code == 204
    assert owner("GET", "/branding/logo").status_code == 404


def test_a_signatory_comes_and_goes(world: World) -> None:
    owner = client_of(world, "owner")
    made = owner(
        "POST", "/branding/signatories", {"name": "Ada Alder", "function": {"en": "Dean"}, "picture": document()}
    ).json()  # fmt: skip
    assert (made["function"], made["has_picture"]) == ({"en": "Dean"}, True)
    assert owner("DELETE", f"/branding/signatories/{made['id']}").status_code == 204
    assert made["id"] not in [one["id"] for one in owner("GET", "/branding").json()["signatories"]]


def test_a_seal_is_handed_in_with_its_password(world: World) -> None:
    owner = client_of(world, "owner")
    key = TestCertificateAuthority(dt.datetime.now(dt.UTC)).issue_seal(
        "University of Twickel", organization_identifier="NTRNL-12345678"
    )
    file = base64.b64encode(pkcs12_of(key, "secret")).decode()
    wrong = owner("POST", "/keys/seal", {"file": file, "password": "other"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (409, "#/password")
    made = owner("POST", "/keys/seal", {"file": file, "password": "secret", "name": "2026"})
    assert (made.status_code, made.json()["use"], made.json()["name"]) == (201, "seal", "2026")
    assert "secret" not in made.content.decode()
