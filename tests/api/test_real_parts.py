"""What takes more than one organisation, or a key elsewhere, done whole through the interface: sealed, and verified as the world would."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator

import pytest

from tessella.adapters.signers import KeyPlace
from tessella.keys import PrivateKey
from tessella.keys.testca import TestCertificateAuthority
from tessella_web.accounts import domain as accounts
from tessella_web.accounts.keys import domain as keys
from tessella_web.accounts.keys import places
from tessella_web.accounts.keys.models import KeyUse
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.tokens.domain import make_token
from tessella_web.accounts.tokens.scopes import PERSONAL, SCOPES
from tessella_web.catalogue.models import Version
from tessella_web.config.signers import AssignedKey
from tessella_web.credentials.domain import batches
from tessella_web.credentials.domain.engine import seal_next_chunk
from tessella_web.credentials.models import Award, Copy, Stage
from tests.api.support import Client
from tests.softhsm import PIN, Token, a_token
from tests.web.alliances.conftest import LIST, Rivers, rivers  # noqa: F401
from tests.web.conftest import alice, organisation, person  # noqa: F401
from tests.web.credentials.conftest import record, version  # noqa: F401
from tests.web.credentials.support import verified
from tests.web.mandates.test_mandates import SANNE, pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried")]


def program(who: Person, where: Organisation) -> Client:
    """A program of somebody in an organisation, which may everything that they may there."""
    _token, secret = make_token(
        by=who, organisation=where, name="program", scopes=sorted(set(SCOPES) - PERSONAL)
    )
    return Client(secret)


def sealed_by_worker() -> None:
    while seal_next_chunk():
        pass


def test_members_seal_their_parts_in_any_order(rivers: Rivers) -> None:  # noqa: F811
    """The alliance hands a file out; two members seal, the third is late and blocks nobody."""
    rivers.keys("seebrueck", "lake")
    alliance = program(rivers.owner, rivers.alliance)
    what = (
        f"micro_credential={rivers.version.description_id}&number={rivers.version.number}&formats=openbadge"
    )
    made = alliance(
        "POST", f"/alliance/batches/from-file?{what}", data=LIST, media="application/octet-stream"
    )
    assert made.status_code == 201, made.content
    parts = {one["member"]: one["id"] for one in made.json()["parts"]}
    for slug in ("lake", "seebrueck"):
        member = program(rivers.owners[slug], rivers.members[slug])
        assert member("GET", "/parts").json()["items"][0]["id"] == parts[slug]
        taken = member("POST", f"/parts/{parts[slug]}/seal")
        assert (taken.status_code, taken.json()["state"]) == (200, "taken")
        sealed_by_worker()
        again = member("POST", f"/parts/{parts[slug]}/seal")
        assert (again.status_code, again.json()["code"]) == (409, "alliance.decided")
        batch = member("GET", f"/batches/{taken.json()['batch']}").json()
        assert (batch["stage"], batch["rows"]["awarded"]) == ("done", 2)
    joint = alliance("GET", f"/alliance/batches/{made.json()['id']}").json()
    assert {one["member"]: one["state"] for one in joint["parts"]} == {
        "seebrueck": "taken", "lake": "taken", "ribeira": "waiting",
    }  # fmt: skip
    organisations = Award.objects.values_list("organisation__slug", flat=True)
    assert sorted(organisations) == ["lake", "lake", "seebrueck", "seebrueck"]
    for copy in Copy.objects.select_related("award__organisation"):
        assert {one.id: str(one.verdict) for one in verified(copy).checks}["seal"] == "passed"


def test_another_body_seals_once_its_program_has_confirmed_the_mandate(
    alice: Person,  # noqa: F811
    organisation: Organisation,  # noqa: F811
    version: Version,  # noqa: F811
) -> None:
    hanna = person("Hanna")
    harbour = accounts.found_organisation(founder=hanna, name="Harbour Skills", slug="harbour", country="NLD")
    keys.create_key(by=hanna, organisation=harbour, use=KeyUse.SEAL)
    ours, theirs = program(alice, organisation), program(hanna, harbour)
    asked = ours("POST", "/mandates", {
        "mandated": "harbour", "scope": "All of the law faculty.", "valid_from": "2026-01-01", "document": base64.b64encode(pdf()).decode(),
        "file_name": "mandate.pdf",
    })  # fmt: skip
    assert asked.status_code == 201, asked.content
    path = f"/mandates/{asked.json()['id']}"
    early = ours("PUT", "/sealing", {"way": "mandate", "mandate": asked.json()["id"]})
    assert early.status_code == 409
    confirmed = theirs("POST", f"{path}/confirmation")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    chosen = ours("PUT", "/sealing", {"way": "mandate", "mandate": asked.json()["id"]})
    assert (chosen.status_code, chosen.json()["way"]) == (200, "mandate")
    batch = batches.prepare_learner(by=alice, version=version, values=SANNE, formats=["edc"])
    assert ours("POST", f"/batches/{batch.id}/start").json()["stage"] == "sealing"
    sealed_by_worker()
    batch.refresh_from_db()
    assert (batch.stage, batch.stopped_because) == (Stage.DONE, "")
    report = verified(Copy.objects.select_related("award").get(award__row__batch=batch))
    binding = next(one for one in report.checks if one.id == "binding")
    assert any("All of the law faculty." in note for note in binding.notes)


class Elsewhere:
    token: Token
    seal: PrivateKey
    authority: TestCertificateAuthority


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Elsewhere]]:
    """A security token with a seal in it."""
    Elsewhere.authority = TestCertificateAuthority(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
    Elsewhere.seal = Elsewhere.authority.issue_seal("University of Twickel", country="NL", algorithm="ES256")

    def put(token: Token) -> None:
        Elsewhere.token = token
        token.put(Elsewhere.seal, "eseal", b"seal")

    for _ready in a_token(tmp_path_factory.mktemp("token"), put):
        yield Elsewhere


def test_a_key_in_a_token_seals_and_never_leaves_it(
    alice: Person,  # noqa: F811
    organisation: Organisation,  # noqa: F811
    version: Version,  # noqa: F811
    elsewhere: type[Elsewhere],
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TESSELLA_PKCS11_PIN", PIN)
    monkeypatch.setattr(places, "_open", {})
    place = AssignedKey(organisation.slug, KeyPlace(pkcs11=elsewhere.token.uri("eseal")))
    settings.SIGNERS = {"eseal": place}  # type: ignore[attr-defined]
    owner = program(alice, organisation)
    assert owner("GET", "/keys/places").json()["items"] == [{"name": "eseal", "kind": "token"}]
    made = owner("POST", "/keys/places", {"place": "eseal", "use": "seal"})
    assert (made.status_code, made.json()["use"]) == (201, "seal")
    batch = batches.prepare_learner(by=alice, version=version, values=SANNE, formats=["edc"])
    owner("POST", f"/batches/{batch.id}/start")
    sealed_by_worker()
    batch.refresh_from_db()
    assert (batch.stage, batch.stopped_because) == (Stage.DONE, "")
    copy = Copy.objects.select_related("award").get(award__row__batch=batch)
    report = verified(copy, anchors=[elsewhere.authority.certificate])
    assert {one.id: str(one.verdict) for one in report.checks}["seal"] == "passed"
