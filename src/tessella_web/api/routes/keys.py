"""Keys: what they are and what became of them; never their secret parts."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from pydantic import Field, StringConstraints

from tessella_web.accounts.keys import domain, places, queries
from tessella_web.accounts.keys.models import KeyUse, OrganisationKey
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table, Text
from tessella_web.api.uploads import Content

operation = Table("Keys")

KeyName = Annotated[str, StringConstraints(strict=True, max_length=80, pattern=r"^[^\x00]*$")]
"""What the organisation calls a key; may be empty."""

MADE = {"rotate_key": {"id": "$response.body#/id"}, "revoke_key": {"id": "$response.body#/id"}}


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
    name: KeyName = ""


class NewSeal(Given):
    """An electronic seal of a trust service provider."""

    file: Content = Field(
        description="PKCS #12 (.p12, .pfx) with the private key and its certificates, in base64."
    )
    password: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        default="",
        description="Used once to open the file; it is not kept.",
        json_schema_extra={"writeOnly": True},
    )
    name: KeyName = ""


class PlaceShape(Shape):
    """A key in a token or at a signing service that the operator assigned to the organisation."""

    name: str
    kind: str = Field(description="token, service or uploaded.")


class Places(Shape):
    """All that were assigned."""

    items: list[PlaceShape]


class PlaceGiven(Given):
    """A key that was assigned, and what it is for."""

    place: Annotated[str, StringConstraints(strict=True, max_length=200, pattern=r"^[^\x00]*$")] = Field(
        description="Its name."
    )
    use: Literal["badge", "selective", "seal"] = "seal"
    name: KeyName = ""


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
           links=MADE)  # fmt: skip
def create_key(request: HttpRequest, body: NewKey) -> Answer:
    """Make a key. Seals of established organisations come with a certificate, and are uploaded."""
    who = caller(request)
    return Answer(
        _shape(domain.create_key(by=who.person, organisation=who.organisation, use=KeyUse(body.use), name=body.name))
    )  # fmt: skip


@operation("POST", "/keys/seal", {201: KeyShape}, capability="key.manage", links=MADE,
           example={"file": "MIIKAgIBAzCCCbg=", "password": "secret", "name": "2026"})  # fmt: skip
def upload_seal(request: HttpRequest, body: NewSeal) -> Answer:
    """Hand in an electronic seal. It is kept encrypted; its secret part is never told again."""
    who = caller(request)
    made = domain.upload_seal(
        by=who.person, organisation=who.organisation, data=body.file, password=body.password, name=body.name
    )
    return Answer(_shape(made))


@operation("GET", "/keys/places", {200: Places}, capability="key.manage")
def list_key_places(request: HttpRequest) -> Places:
    """Keys in tokens and at signing services that the operator assigned to the organisation."""
    found = places.assigned(caller(request).organisation)
    return Places(items=[PlaceShape(name=name, kind=places.kind_of(one)) for name, one in found.items()])


@operation("POST", "/keys/places", {201: KeyShape}, capability="key.manage", links=MADE,
           example={"place": "twickel-eseal", "use": "seal"})  # fmt: skip
def use_key_place(request: HttpRequest, body: PlaceGiven) -> Answer:
    """Take an assigned key into use. It stays where it is."""
    who = caller(request)
    made = domain.use_place(
        by=who.person, organisation=who.organisation, place=body.place, use=KeyUse(body.use), name=body.name
    )
    return Answer(_shape(made))


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
