"""Every operation, asked by everybody: who may, who may not, who must not even learn that there is something."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from tessella_web.accounts.tokens.models import AccessToken
from tessella_web.accounts.tokens.scopes import SCOPES
from tessella_web.api.operations import OPERATIONS, Operation
from tests.api.conftest import client_of, own_client
from tests.api.support import Client
from tests.api.table import EVERYBODY, ROWS, Row, things
from tests.web.matrix.world import MEMBERS, PEOPLE, World

pytestmark = pytest.mark.usefixtures("unhurried")

MAKE = frozenset(
    [
        "start_description",
        "start_pathway",
        "start_description_from_text",
        "change_organisation",
        "invite_person",
        "write_policy",
        "create_key",
        "open_register",
        "make_webhook",
        "choose_sealing",
        "upload_seal",
        "use_key_place",
        "claim_body",
        "claim_new_body",
        "invite_member",
        "change_branding",
        "add_signatory",
        "ask_for_mandate",
        "change_details",
        "rename_organisation",
        "accept_terms",
        "check_identity",
        "set_retention",
        "set_mail_domains",
        "publish_receiving_policy",
        "create_option_list",
        "create_entry_rule",
        "set_stack_rules",
    ]
)
"""Operations that take JSON and name nothing of an organisation: whoever owns another one does them there."""


def _names_something(operation: Operation) -> bool:
    return operation.name not in MAKE and ("{" in operation.path or operation.body == "application/json")


def test_every_operation_has_a_row_and_every_row_an_operation() -> None:
    assert list(OPERATIONS) != []
    assert sorted(ROWS) == sorted(OPERATIONS)


def test_every_capability_has_a_scope() -> None:
    assert {one.scope for one in OPERATIONS.values() if one.capability} <= set(SCOPES)


def test_everybody_may_what_the_table_says(world: World) -> None:
    known = things(world)
    clients = {who: client_of(world, who) for who in MEMBERS}
    alone = {who: own_client(world.people[who]) for who in PEOPLE[1:]}
    wrong = []
    for name, row in ROWS.items():
        operation = OPERATIONS[name]
        for who, client in (alone if operation.personal else clients).items():
            expected = row.may == EVERYBODY or who in row.may.split()
            status, code = _asked(client, operation, row, known)
            was = _is_let_in(status, code)
            if was != expected or status >= 500:
                wrong.append(f"{name} as {who}: {status} {code}, {'may' if expected else 'may not'}")
    assert wrong == []


def test_nobody_without_a_good_token_gets_in(world: World) -> None:
    known = things(world)
    old = client_of(world, "owner")
    AccessToken.objects.filter(person=world.people["owner"]).update(
        expires_at=timezone.now() - dt.timedelta(1)
    )
    revoked = client_of(world, "owner")
    AccessToken.objects.filter(expires_at__gt=timezone.now()).update(revoked_at=timezone.now())
    clients = {
        "": Client(),
        "old": old,
        "revoked": revoked,
        "made up": Client("tessella_0000"),
        "other": Client("x"),
    }
    wrong = []
    for name, row in ROWS.items():
        operation = OPERATIONS[name]
        for who, client in clients.items():
            status, code = _asked(client, operation, row, known)
            expected = [] if operation.is_public else [(401, "api.token" if who else "api.no-token")]
            if (operation.is_public and status in (401, 403)) or (
                expected and (status, code) not in expected
            ):
                wrong.append(f"{name} with {who or 'no'} token: {status} {code}")
    assert wrong == []


def test_an_operation_takes_the_token_of_its_scope_and_of_no_other(world: World) -> None:
    """With its scope alone it goes on; with all the others together it does not."""
    known = things(world)
    wrong = []
    for scope in SCOPES:
        alone = client_of(world, "owner", [scope])
        others = client_of(world, "owner", [one for one in SCOPES if one != scope])
        for name, row in ROWS.items():
            operation = OPERATIONS[name]
            if operation.scope == scope:
                found = [_asked(client, operation, row, known) for client in (others, alone)]
                if [code == "api.scope" for _status, code in found] != [True, False]:
                    wrong.append(f"{name} with {scope}: {found}")
    assert wrong == []


def test_a_token_for_the_person_alone_does_nothing_in_an_organisation(world: World) -> None:
    known, client = things(world), own_client(world.people["owner"])
    wrong = []
    for name, row in ROWS.items():
        operation = OPERATIONS[name]
        if operation.capability and (found := _asked(client, operation, row, known)) != (403, "api.scope"):
            wrong.append(f"{name}: {found}")
    assert wrong == []


def test_another_organisation_learns_nothing(world: World) -> None:
    known = things(world)
    world.organisation = world.neighbours
    client = client_of(world, "neighbour")
    answers = [
        (404, "api.not-found"),
        (403, "accounts.not-allowed"),
    ]  # the second before anything is looked for
    wrong = []
    for name, row in ROWS.items():
        operation = OPERATIONS[name]
        status, code = _asked(client, operation, row, known)
        is_theirs = operation.capability and _names_something(operation)
        if is_theirs and (status, code) not in answers:
            wrong.append(f"{name}: {status} {code}")
    assert wrong == []


def test_a_token_follows_the_roles_of_its_person(world: World) -> None:
    from tessella_web.accounts import domain
    from tessella_web.accounts.models import Role

    client = client_of(world, "coordinator")
    assert client("GET", "/batches").status_code == 200
    domain.take_role(
        by=world.people["owner"],
        organisation=world.organisation,
        person=world.people["coordinator"],
        role=Role.COORDINATOR,
    )
    assert client("GET", "/batches").status_code == 401


def _asked(client: Client, operation: Operation, row: Row, known: Mapping[str, str]) -> tuple[int, str]:
    """Status and code; nothing of it stays."""
    places = iter(row.at)
    path = re.sub(r"{\w+}", lambda _found: _filled(next(places), known), operation.path)
    query = "&".join(f"{name}={_text(value, known)}" for name, value in row.query.items())
    media = "application/octet-stream" if row.data is not None else "application/json"
    with transaction.atomic():
        response = client(
            operation.method, path + ("?" + query if query else ""), _body(row.body, known), data=row.data, media=media, **row.headers
        )  # fmt: skip
        transaction.set_rollback(True)
    problem = response.get("Content-Type") == "application/problem+json"
    return response.status_code, response.json()["code"] if problem else ""


def _filled(word: str, known: Mapping[str, str]) -> str:
    return word[1:] if word.startswith("=") else known[word]


def _text(value: str, known: Mapping[str, str]) -> str:
    return known[value[1:-1]] if value.startswith("{") else value


def _body(value: Any, known: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _body(one, known) for name, one in value.items()}
    if isinstance(value, str) and value.startswith("{"):
        found = known[value[1:-1]]
        return int(found) if found.isdigit() else found
    return [_body(one, known) for one in value] if isinstance(value, list) else value


def _is_let_in(status: int, code: str) -> bool:
    """Whether the person may: a rule of the thing itself may still say no."""
    if code == "wallet.not-yours":
        return False
    return 200 <= status < 300 or status == 409 or code in ("catalogue.own-work", "batch.own")
