"""Keys: what they are and what became of them; never their secret parts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from pydantic import Field, StringConstraints

from tessella_web.accounts.keys import domain, queries
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text

operation = Table("Keys")


class KeyShape(Shape):
    """A key, without its secret part."""

    id: str
    name: str
    use: str = Field(description="badge, selective or seal.")
    state: str = Field(description="active, retired or revoked.")
    algorithm: str
    verification_method: str = Field(description="Empty for a seal, which its certificate names.")
    is_test: bool
    made_at: dt.datetime


class Keys(Shape):
    """All keys, the newest first."""

    items: list[KeyShape]


class NewKey(Given):
    """What the key is for."""

    use: Literal["badge", "selective", "seal"]
    name: Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[^\x00]*$")] = ""


class RevokeKey(Given):
    """Why the key is withdrawn."""

    reason: Text
    compromised: bool = Field(
        default=False,
        description="Whether others may have had it from now on backwards: say true when in doubt.",
    )


@operation(
    "GET",
    "/keys",
    {200: Keys},
    capability="key.manage",
    links={"rotate_key": {"id": "$response.body#/items/0/id"}},
)
def list_keys(request: HttpRequest) -> Keys:
    """All keys of the organisation."""
    return Keys(items=[_shape(one) for one in queries.keys_of(caller(request).organisation)])


@operation("POST", "/keys", {201: KeyShape}, capability="key.manage", example={"use": "badge", "name": "2026"},
           links={"rotate_key": {"id": "$response.body#/id"}, "revoke_key": {"id": "$response.body#/id"}})  # fmt: skip
def create_key(request: HttpRequest, body: NewKey) -> Answer:
    """Make a key. Seals of established organisations come with a certificate, and are uploaded on the pages."""
    who = caller(request)
    return Answer(
        _shape(domain.create_key(by=who.person, organisation=who.organisation, use=KeyUse(body.use), name=body.name))
    )  # fmt: skip


@operation("POST", "/keys/{id}/rotation", {201: KeyShape}, capability="key.manage")
def rotate_key(request: HttpRequest, id: Id) -> Answer:
    """Put a new key in the place of one. What the old one sealed stays good."""
    return Answer(_shape(domain.rotate(by=caller(request).person, key=_own(request, id))))


@operation(
    "POST",
    "/keys/{id}/revocation",
    {200: KeyShape},
    capability="key.manage",
    example={"reason": "A laptop was stolen."},
)
def revoke_key(request: HttpRequest, id: Id, body: RevokeKey) -> KeyShape:
    """Withdraw a key: what it sealed is believed no more without a time stamp from before. Its secret part is destroyed."""
    key = _own(request, id)
    at = key.made_at if body.compromised else None
    return _shape(domain.revoke(by=caller(request).person, key=key, reason=body.reason, compromised_at=at))


def _own(request: HttpRequest, id: str) -> OrganisationKey:
    found = OrganisationKey.objects.filter(pk=id, organisation=caller(request).organisation)
    key = found.select_related("organisation").first()
    if key is None:
        raise Http404
    return key


def _shape(one: OrganisationKey) -> KeyShape:
    record = one.public
    return KeyShape(
        id=one.id, name=record.name, use=one.use, state=one.state, algorithm=record.algorithm,
        verification_method=record.verification_method, is_test=one.is_test, made_at=one.made_at,
    )  # fmt: skip
