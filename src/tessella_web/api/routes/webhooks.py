"""Webhooks: where events are sent."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query
from pydantic import Field, StringConstraints

from tessella_web.accounts.webhooks import domain
from tessella_web.accounts.webhooks.models import Delivery, Endpoint
from tessella_web.api.access import caller
from tessella_web.api.operations import Answer, Given, Id, Shape, Table
from tessella_web.api.paging import Listing, PageQuery, listed

operation = Table("Webhooks")

EventName = Literal[
    "batch.finished", "award.issued", "award.claimed", "award.corrected", "award.suspended", "award.resumed",
    "award.revoked", "version.published", "version.withdrawn",
]  # fmt: skip
Address = Annotated[
    str,
    StringConstraints(
        strict=True, max_length=500, pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$"
    ),
]
Events = Annotated[list[EventName], Field(min_length=1, max_length=9)]

MADE = {
    "read_webhook": {"id": "$response.body#/id"}, "change_webhook": {"id": "$response.body#/id"},
    "test_webhook": {"id": "$response.body#/id"}, "remove_webhook": {"id": "$response.body#/id"},
    "rotate_webhook_secret": {"id": "$response.body#/id"},
}  # fmt: skip


class WebhookShape(Shape):
    """An address that is told of events."""

    id: str
    url: str
    events: list[str]
    is_active: bool
    made_at: dt.datetime


class WebhookSecret(WebhookShape):
    """An address, with the secret that signs what is sent there. The secret is shown this once."""

    secret: str = Field(description="Begins with “whsec_”; Standard Webhooks.")


class Webhooks(Shape):
    """All addresses that are told of events, the newest first."""

    items: list[WebhookShape]


class DeliveryShape(Shape):
    """A message, and what became of it."""

    id: str
    event: str
    payload: dict[str, Any]
    state: str = Field(description="waiting, delivered or failed.")
    attempts: int
    answer: str = Field(description="Why it was not taken the last time.")
    made_at: dt.datetime
    done_at: dt.datetime | None


class NewWebhook(Given):
    """Where to send what."""

    url: Address
    events: Events


class ChangeWebhook(Given):
    """What to change; what is left out stays."""

    url: Address | None = None
    events: Events | None = None
    is_active: bool | None = None


@operation(
    "GET",
    "/webhooks",
    {200: Webhooks},
    capability="webhook.manage",
    links={"read_webhook": {"id": "$response.body#/items/0/id"}},
)
def list_webhooks(request: HttpRequest) -> Webhooks:
    """All webhooks of the organisation."""
    return Webhooks(items=[_shape(one) for one in caller(request).organisation.webhooks.all()])


@operation("POST", "/webhooks", {201: WebhookSecret}, capability="webhook.manage", links=MADE,
           example={"url": "https://campus.example.org/hooks/tessella", "events": ["award.issued", "award.revoked"]})  # fmt: skip
def make_webhook(request: HttpRequest, body: NewWebhook) -> Answer:
    """Send events to an address from now on.

    Messages are signed after the Standard Webhooks convention (HMAC-SHA256); the secret is shown this once.
    """
    who = caller(request)
    made, secret = domain.make_endpoint(
        by=who.person, organisation=who.organisation, url=body.url, events=body.events
    )
    return Answer(_secret(made, secret), {"Location": f"/api/v1/webhooks/{made.id}"})


@operation("GET", "/webhooks/{id}", {200: WebhookShape}, capability="webhook.manage")
def read_webhook(request: HttpRequest, id: Id) -> WebhookShape:
    """A webhook, without its secret."""
    return _shape(_own(request, id))


@operation(
    "PATCH", "/webhooks/{id}", {200: WebhookShape}, capability="webhook.manage", example={"is_active": False}
)
def change_webhook(request: HttpRequest, id: Id, body: ChangeWebhook) -> WebhookShape:
    """Change the address, the events, or whether it is told at all."""
    values = body.model_dump(exclude_none=True)
    return _shape(domain.change_endpoint(by=caller(request).person, endpoint=_own(request, id), **values))


@operation("DELETE", "/webhooks/{id}", {204: None}, capability="webhook.manage")
def remove_webhook(request: HttpRequest, id: Id) -> Answer:
    """Tell it nothing any more."""
    domain.remove_endpoint(by=caller(request).person, endpoint=_own(request, id))
    return Answer()


@operation("POST", "/webhooks/{id}/secret", {201: WebhookSecret}, capability="webhook.manage")
def rotate_webhook_secret(request: HttpRequest, id: Id) -> Answer:
    """A new secret, shown this once. The one before signs too for 24 hours."""
    made, secret = domain.rotate_secret(by=caller(request).person, endpoint=_own(request, id))
    return Answer(_secret(made, secret))


@operation("POST", "/webhooks/{id}/test", {202: DeliveryShape}, capability="webhook.manage")
def test_webhook(request: HttpRequest, id: Id) -> Answer:
    """Send a message that says nothing but that it is a test."""
    return Answer(_delivery(domain.send_test(by=caller(request).person, endpoint=_own(request, id))))


@operation("GET", "/webhooks/{id}/deliveries", {200: Listing[DeliveryShape]}, capability="webhook.manage",
           links={"send_again": {"delivery": "$response.body#/items/0/id", "id": "$request.path.id"}})  # fmt: skip
def webhook_deliveries(request: HttpRequest, id: Id, query: Query[PageQuery]) -> Listing[DeliveryShape]:
    """What was sent or waits, the last first; kept for 30 days."""
    return listed(request, _own(request, id).deliveries.all(), query, _delivery)


@operation(
    "POST", "/webhooks/{id}/deliveries/{delivery}/again", {202: DeliveryShape}, capability="webhook.manage"
)
def send_again(request: HttpRequest, id: Id, delivery: Id) -> Answer:
    """Send a message once more, with the id it had."""
    found = Delivery.objects.select_related("endpoint__organisation")
    one = found.filter(pk=delivery, endpoint=_own(request, id)).first()
    if one is None:
        raise Http404
    return Answer(_delivery(domain.send_again(by=caller(request).person, delivery=one)))


def _own(request: HttpRequest, id: str) -> Endpoint:
    found = Endpoint.objects.filter(pk=id, organisation=caller(request).organisation)
    endpoint = found.select_related("organisation").first()
    if endpoint is None:
        raise Http404
    return endpoint


def _shape(one: Endpoint) -> WebhookShape:
    return WebhookShape(
        id=one.id, url=one.url, events=one.events, is_active=one.is_active, made_at=one.made_at
    )


def _secret(one: Endpoint, secret: str) -> WebhookSecret:
    return WebhookSecret(**_shape(one).model_dump(), secret=secret)


def _delivery(one: Delivery) -> DeliveryShape:
    return DeliveryShape(
        id=one.id, event=one.event, payload=one.payload, state=one.state, attempts=one.attempts, answer=one.answer,
        made_at=one.made_at, done_at=one.done_at,
    )  # fmt: skip
