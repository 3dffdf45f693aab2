"""Calls that are made once, however often they are sent (``Idempotency-Key``).

1. The key is written down, with the digest of the request, before anything happens.
2. The verb and the stored answer are one transaction: a process killed between leaves neither.
3. The same request again gets the stored answer; one that is still under way is refused (409), and so is another request under
   the key (422), as draft-ietf-httpapi-idempotency-key-header asks.
4. A call that nobody has finished within `LEASE` is taken over by the next who sends it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from tessella_web.accounts.tokens.answers import closed, opened
from tessella_web.api.access import Caller
from tessella_web.api.models import Call
from tessella_web.api.problems import FieldProblem, ProblemError

__all__ = ["HEADER", "KEPT", "REPLAYED", "once"]

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"

KEPT = dt.timedelta(hours=24)
"""How long an answer is given again: a program that was off for a night can still ask."""

LEASE = dt.timedelta(minutes=2)
"""No call takes so long; one that is open for longer was cut off."""

KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Link")


def once(request: HttpRequest, caller: Caller, key: str, run: Callable[[], HttpResponse]) -> HttpResponse:
    """Carry the call out, or give the answer it got before.

    Raises:
        ProblemError: 409 ``api.key-in-use``, 422 ``api.key-reused``; what ``run`` raises, and then the key is free again.
    """
    digest = _digest(request)
    call = _claimed(caller, key, digest)
    if call.status is not None:
        return _again(call, caller)
    try:
        with transaction.atomic():
            response = run()
            call.status, call.headers = response.status_code, _kept(response)
            call.answer = closed(response.content, secret=caller.secret, bound_to=f"call {call.pk}")
            call.save(update_fields=["status", "headers", "answer"])
    except BaseException:
        Call.objects.filter(pk=call.pk, status=None).delete()
        raise
    return response


@transaction.atomic
def _claimed(caller: Caller, key: str, digest: str) -> Call:
    now = timezone.now()
    Call.objects.filter(started_at__lt=now - KEPT).delete()
    call, made = Call.objects.select_for_update().get_or_create(
        token=caller.token, key=key, defaults={"digest": digest, "started_at": now}
    )
    if made:
        return call
    if call.digest != digest:
        raise ProblemError(
            422, "api.key-reused", _("This key came with another request before."),
            hint=_("Make a new key for each request."),
            errors=[FieldProblem(parameter=HEADER, detail=_("This key came with another request before."))],
        )  # fmt: skip
    if call.status is None:
        if now - call.started_at < LEASE:
            raise ProblemError(
                409, "api.key-in-use", _("The same call is still under way."), hint=_("Ask again in a moment."),
                headers={"Retry-After": "2"},
            )  # fmt: skip
        call.started_at = now
        call.save(update_fields=["started_at"])
    return call


def _again(call: Call, caller: Caller) -> HttpResponse:
    body = opened(bytes(call.answer), secret=caller.secret, bound_to=f"call {call.pk}")
    return HttpResponse(body or b"", status=call.status, headers={**call.headers, REPLAYED: "true"})


def _kept(response: HttpResponse) -> dict[str, str]:
    return {name: response[name] for name in KEPT_HEADERS if name in response}


def _digest(request: HttpRequest) -> str:
    parts = [
        request.method or "",
        request.get_full_path(),
        request.headers.get("If-Match", ""),
        request.headers.get("Content-Type", ""),
    ]
    return hashlib.sha256(json.dumps(parts).encode() + request.body).hexdigest()
