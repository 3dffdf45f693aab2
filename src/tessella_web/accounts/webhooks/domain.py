"""The verbs about webhooks: where to send what, and sending it.

Messages leave through an outbox at least once, each under one id for ever. They name things and say nothing about people: whoever
gets one asks the interface, with a token, for what the token may see.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella.adapters.clock import SystemClock
from tessella.adapters.http import SafeFetcher
from tessella.errors import AccessError, KeyMaterialError
from tessella.keys import PrivateKey
from tessella_web.accounts.keys.keychain import keychain
from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require
from tessella_web.accounts.webhooks import signing
from tessella_web.accounts.webhooks.models import Delivery, DeliveryState, Endpoint, Event
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = [
    "Poster",
    "change_endpoint",
    "deliver_due",
    "make_endpoint",
    "queue",
    "remove_endpoint",
    "rewrap",
    "rotate_secret",
    "send_again",
    "send_test",
]

MAX_ENDPOINTS = 20
"""Of one organisation: each is told everything it asks for."""

OVERLAP = dt.timedelta(hours=24)
"""How long the secret before signs too, so that a receiver can be changed meanwhile."""

RETRY_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""When a message is tried again, as the convention proposes; after three days it is given up. Whoever sends also holds the
message for the first of these at least `HOLD_S`."""

HOLD_S = 60
"""Longer than one attempt takes: nobody else sends the same meanwhile."""

BATCH = 20
"""Messages taken at once."""

ROUND = dt.timedelta(seconds=30)
"""After this, or when a receiver did not take one, the rest of those taken is left for the next round: a slow receiver holds up
neither the others nor what else a worker does."""

MAX_ANSWER_BYTES = 64 * 1024  # bytes
"""What a receiver answers is not read; a page of an error is shorter."""

KEPT_DAYS = 30
"""How long deliveries stay readable."""

_log = logging.getLogger(__name__)


class Poster(Protocol):
    """Sends a body to an address; `tessella.adapters.http.SafeFetcher` is one."""

    def post(
        self, url: str, content: bytes, *, content_type: str, max_bytes: int, headers: Mapping[str, str]
    ) -> object:
        """Raises `AccessError` when it was not taken with a 2xx."""


@transaction.atomic
def make_endpoint(
    *, by: Person, organisation: Organisation, url: str, events: Sequence[str]
) -> tuple[Endpoint, str]:
    """A new endpoint, told of everything that happens from now on; and its secret, which is never shown again.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``webhooks.address``, ``webhooks.events``, ``webhooks.too-many``.
    """
    require(by, organisation, "webhook.manage")
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.webhooks.count() >= MAX_ENDPOINTS:
        raise RefusedError(
            _("There are %(most)s webhooks already.") % {"most": MAX_ENDPOINTS}, code="webhooks.too-many",
            hint=_("Remove one that is not used."),
        )  # fmt: skip
    key = PrivateKey.generate()
    endpoint = Endpoint(
        organisation=organisation,
        url=_address(url),
        events=_events(events),
        after=audit.head()[0],
        made_by=by,
    )
    _wrap(endpoint, key)
    endpoint.save(force_insert=True)
    _tell("webhook.made", endpoint, by, events=endpoint.events)
    return endpoint, signing.secret_of(key)


@transaction.atomic
def change_endpoint(
    *,
    by: Person,
    endpoint: Endpoint,
    url: str | None = None,
    events: Sequence[str] | None = None,
    is_active: bool | None = None,
) -> Endpoint:
    """Change what is given. Switched on again, it is told of what happens from then on.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
        RefusedError: ``webhooks.address``, ``webhooks.events``.
    """
    endpoint = _locked(by, endpoint)
    if url is not None:
        endpoint.url = _address(url)
    if events is not None:
        endpoint.events = _events(events)
    if is_active is not None:
        if is_active and not endpoint.is_active:
            endpoint.after = audit.head()[0]
        endpoint.is_active = is_active
    endpoint.save()
    _tell("webhook.changed", endpoint, by, events=endpoint.events, active=endpoint.is_active)
    return endpoint


@transaction.atomic
def rotate_secret(*, by: Person, endpoint: Endpoint) -> tuple[Endpoint, str]:
    """A new secret, shown once; the one before signs too for `OVERLAP`.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    endpoint = _locked(by, endpoint)
    key, former = PrivateKey.generate(), _opened(endpoint, endpoint.wrapped)
    _wrap(endpoint, key, former)
    endpoint.former_until = timezone.now() + OVERLAP
    endpoint.save()
    _tell("webhook.rotated", endpoint, by)
    return endpoint, signing.secret_of(key)


@transaction.atomic
def remove_endpoint(*, by: Person, endpoint: Endpoint) -> None:
    """Tell it nothing any more; its deliveries are deleted.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    endpoint = _locked(by, endpoint)
    _tell("webhook.removed", endpoint, by)
    endpoint.delete()


@transaction.atomic
def send_test(*, by: Person, endpoint: Endpoint) -> Delivery:
    """Queue a message that says nothing but that it is a test.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    endpoint = _locked(by, endpoint)
    return queue(endpoint, [(Event.TEST, timezone.now(), {"organisation": endpoint.organisation.slug})])[0]


@transaction.atomic
def send_again(*, by: Person, delivery: Delivery) -> Delivery:
    """Queue a message once more, under the id it has.

    Raises:
        NotAllowedError: ``accounts.not-allowed``.
    """
    _locked(by, delivery.endpoint)
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    delivery.state, delivery.attempts, delivery.due_at = DeliveryState.WAITING, 0, timezone.now()
    delivery.save(update_fields=["state", "attempts", "due_at"])
    return delivery


def queue(
    endpoint: Endpoint, messages: Sequence[tuple[Event, dt.datetime, Mapping[str, Any]]]
) -> list[Delivery]:
    """Write down messages to send: event, when it happened, and what it is about. Within the transaction that looked at the events."""
    now = timezone.now()
    return Delivery.objects.bulk_create(
        [
            Delivery(
                endpoint=endpoint, event=event, due_at=now,
                payload={"type": str(event), "timestamp": at.astimezone(dt.UTC).isoformat(), "data": dict(data)},
            )
            for event, at, data in messages
        ],
        batch_size=500,
    )  # fmt: skip


def deliver_due(poster: Poster | None = None) -> int:
    """Send what is due; how many were taken. What fails is tried again, what is gone (HTTP 410) switches its endpoint off."""
    due = _taken()
    if not due:
        return 0
    poster = poster or SafeFetcher(SystemClock(), allow_private=settings.WEBHOOKS_TO_PRIVATE)
    ends, broken = timezone.now() + ROUND, set[str]()
    for one in due:
        if one.endpoint_id in broken or timezone.now() > ends:
            Delivery.objects.filter(pk=one.pk).update(attempts=one.attempts - 1)
        elif not _send(one, poster):
            broken.add(one.endpoint_id)
    return len(due)


def rewrap() -> int:
    """Wrap the secrets by the current key-encryption key; how many. Called while that is rotated."""
    current = keychain().current
    found = list(Endpoint.objects.select_for_update().exclude(kek=current.id))
    for one in found:
        former = _opened(one, one.former) if one.former else None
        _wrap(one, _opened(one, one.wrapped), former)
        one.save(update_fields=["wrapped", "former", "kek"])
    return len(found)


@transaction.atomic
def _taken() -> list[Delivery]:
    """The next messages, put off for everybody else."""
    now = timezone.now()
    Delivery.objects.filter(made_at__lt=now - dt.timedelta(days=KEPT_DAYS)).delete()
    due = list(
        Delivery.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=DeliveryState.WAITING, due_at__lte=now, endpoint__is_active=True)
        .select_related("endpoint")
        .order_by("due_at", "pk")[:BATCH]
    )
    for one in due:
        step = RETRY_S[min(one.attempts, len(RETRY_S) - 1)]
        one.attempts, one.due_at = one.attempts + 1, now + dt.timedelta(seconds=max(step, HOLD_S))
    Delivery.objects.bulk_update(due, ["attempts", "due_at"])
    return due


def _send(one: Delivery, poster: Poster) -> bool:
    body = json.dumps(one.payload, separators=(",", ":"), ensure_ascii=False).encode()
    now = timezone.now()
    try:
        signed = signing.headers(
            id=f"msg_{one.id}", timestamp=int(now.timestamp()), body=body, secrets=_secrets(one.endpoint, now)
        )
        poster.post(
            one.endpoint.url,
            body,
            content_type="application/json",
            max_bytes=MAX_ANSWER_BYTES,
            headers=signed,
        )
    except (AccessError, RefusedError) as error:
        _failed(one, error)
        return False
    Delivery.objects.filter(pk=one.pk).update(state=DeliveryState.DELIVERED, done_at=now, answer="")
    return True


def _failed(one: Delivery, error: AccessError | RefusedError) -> None:
    _log.warning("webhook %s was not taken: %s", one.pk, error.code)
    gone = error.code == "access.gone"
    if gone:
        Endpoint.objects.filter(pk=one.endpoint_id).update(is_active=False)
    ended = gone or one.attempts > len(RETRY_S)
    Delivery.objects.filter(pk=one.pk).update(
        answer=error.code,
        state=DeliveryState.FAILED if ended else DeliveryState.WAITING,
        done_at=timezone.now() if ended else None,
    )


def _secrets(endpoint: Endpoint, now: dt.datetime) -> list[str]:
    found = [signing.secret_of(_opened(endpoint, endpoint.wrapped))]
    if endpoint.former and endpoint.former_until and now < endpoint.former_until:
        found.append(signing.secret_of(_opened(endpoint, endpoint.former)))
    return found


def _wrap(endpoint: Endpoint, key: PrivateKey, former: PrivateKey | None = None) -> None:
    current = keychain().current
    endpoint.kek = current.id
    endpoint.wrapped = current.wrap(key, bound_to=endpoint.bound_to).decode()
    endpoint.former = current.wrap(former, bound_to=endpoint.bound_to).decode() if former else ""


def _opened(endpoint: Endpoint, wrapped: str) -> PrivateKey:
    kek = keychain().find(endpoint.kek)
    try:
        if kek is not None:
            return kek.unwrap(wrapped.encode(), bound_to=endpoint.bound_to)
    except KeyMaterialError:
        pass  # told like a key-encryption key that is not there: the remedy is the same
    raise RefusedError(
        _("The secret of this webhook cannot be opened here."),
        code="keys.locked",
        hint=_("The operator has to restore the file with the key-encryption key."),
    )


def _address(url: str) -> str:
    """The address, if messages may go there as far as it can be told from it; where it leads is looked at each time.

    Raises:
        RefusedError: ``webhooks.address``.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        fits = bool(host) and parts.username is None and not parts.fragment and len(url) <= 500
        fits = fits and (parts.port or 443) > 0 and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        fits, host, parts = False, "", urlsplit("")
    if not settings.WEBHOOKS_TO_PRIVATE:
        fits = fits and parts.scheme == "https" and not _is_private(host)
    if not fits or parts.scheme not in ("http", "https"):
        raise RefusedError(
            _("Messages cannot be sent to this address."), code="webhooks.address", field="url",
            hint=_("Give an address that begins with https:// and leads to a public host."),
        )  # fmt: skip
    return url


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def _events(events: Sequence[str]) -> list[str]:
    known = [str(one) for one in Event if one is not Event.TEST]
    if not events or not set(events) <= set(known):
        raise RefusedError(
            _("Choose at least one event."), code="webhooks.events", field="events",
            hint=_("A test can be sent whatever is chosen."),
        )  # fmt: skip
    return [one for one in known if one in events]


def _locked(by: Person, endpoint: Endpoint) -> Endpoint:
    require(by, endpoint.organisation, "webhook.manage")
    return Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint.pk)


def _tell(verb: str, endpoint: Endpoint, by: Person, **facts: object) -> None:
    audit.record(
        verb, f"webhook:{endpoint.id}", actor_id=by.id, organisation=endpoint.organisation_id, facts=facts
    )
