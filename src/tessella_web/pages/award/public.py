"""What everybody sees of an award, what its holder gets, and the status lists that verifiers fetch."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tessella.text import pick
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.alliances.queries import together
from tessella_web.credentials.domain import awards, statuslists
from tessella_web.credentials.mandates.queries import mandate_of
from tessella_web.credentials.models import Award, AwardState, StatusList
from tessella_web.insight import domain as insight
from tessella_web.insight.models import What

HELD = "held-awards"
"""In the session: awards claimed there without an account."""

LIST_MAX_AGE_S = 300
"""How long a verifier's cache may keep a status list: so long may a revocation take to be seen."""


def _found(id: str) -> Award:
    award = queries.public_award(id)
    if award is None:
        raise Http404
    return award


def _verdict(award: Award) -> tuple[str, str]:
    """A verdict and its words for what the award is now."""
    if award.state == AwardState.VALID and award.valid_until and award.valid_until < timezone.now():
        return "failed", _("Its validity has ended")
    return {
        AwardState.VALID: ("passed", _("Valid")),
        AwardState.SUSPENDED: ("failed", _("Suspended")),
        AwardState.REVOKED: ("failed", _("Revoked")),
        AwardState.SUPERSEDED: ("failed", _("Replaced by a corrected award")),
    }[AwardState(award.state)]


@require_safe
def show(request: HttpRequest, id: str) -> HttpResponse:
    """The public page: what was awarded, by whom, and whether it stands; nothing about the person."""
    award = _found(id)
    record = award.version.record()
    languages = (get_language() or "en", record.language)
    state, word = _verdict(award)
    if award.is_test and state == "passed":
        state, word = "indeterminate", _("A test: it proves nothing")
    context: dict[str, Any] = {
        "award": award, "record": record, "title": pick(record.title, languages), "state": state, "word": word,
        "description": pick(record.description, languages),
        "outcomes": [pick(one.title, languages) for one in record.outcomes],
        "hours": record.workload.hours if record.workload else None,
        "changes": [one for one in award.changes.all() if one.state != AwardState.VALID],
        "may_hold": _holds(request, award),
        "review": award.version.review,
        "mandate": mandate_of(award),
        "together": together(award),
    }  # fmt: skip
    if request.method == "GET" and not context["may_hold"] and not queries.is_staff(request.user, award):
        insight.count(version=award.version, what=What.VIEWED)
    response = render(request, "pages/award/public.html", context)
    response["X-Robots-Tag"] = "noindex"  # the address is a secret of the holder until they share it
    return response


@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest, id: str) -> HttpResponse:
    """Opening the link asks first: programs that look into mails must not use it up."""
    award = _found(id)
    key = request.POST.get("key", "") or request.GET.get("key", "")
    if request.method == "POST":
        try:
            person = request.user if isinstance(request.user, Person) else None
            awards.claim(award=award, key=key, person=person)
        except RefusedError as error:
            messages.error(request, f"{error.message} {error.hint}")
            return redirect("award", id)
        request.session[HELD] = [*request.session.get(HELD, []), award.id]
        messages.success(request, _("It is yours. Keep the files somewhere safe."))
        return redirect("award-files", id)
    title = pick(award.version.record().title, (get_language() or "en",))
    return render(request, "pages/award/claim.html", {"award": award, "key": key, "title": title})


def _holds(request: HttpRequest, award: Award) -> bool:
    own = isinstance(request.user, Person) and award.holder_id == request.user.id
    held = request.session.get(HELD, [])
    # One link leads to the copies of all members of an alliance, also of those who seal later.
    return own or award.id in held or (bool(held) and any(one.id in held for one in together(award)))


@require_safe
def files(request: HttpRequest, id: str) -> HttpResponse:
    """The holder's files."""
    award = _found(id)
    if not _holds(request, award):
        raise Http404
    shown = [(copy, queries.format_facts(copy)) for copy in award.copies.all()]
    title = pick(award.version.record().title, (get_language() or "en",))
    context = {"award": award, "files": shown, "title": title, "together": together(award)}
    return render(request, "pages/award/files.html", context)


@require_safe
def file(request: HttpRequest, id: str, format: str) -> FileResponse:
    """One file, for its holder and for staff of the organisation."""
    award = _found(id)
    if not (_holds(request, award) or queries.is_staff(request.user, award)):
        raise Http404
    copy = next((one for one in award.copies.all() if one.format == format), None)
    if copy is None:
        raise Http404
    facts = queries.format_facts(copy)
    response = FileResponse(default_storage.open(copy.file), content_type=facts["media_type"])
    response["Content-Disposition"] = f'attachment; filename="award{facts["suffix"]}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def status_list(request: HttpRequest, slug: str, id: str, suffix: str) -> HttpResponse:
    """A sealed status list, as verifiers fetch it."""
    one = StatusList.objects.select_related("organisation").filter(pk=id, organisation__slug=slug).first()
    if one is None or one.is_token != (suffix == "jwt"):
        raise Http404
    body = bytes(one.sealed)
    if not body:  # asked for before the worker came to it
        try:
            body = statuslists.publish(one)
        except RefusedError as error:
            raise Http404 from error
    media_type = "application/statuslist+jwt" if one.is_token else "application/vc+ld+json"
    response = HttpResponse(body, content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={LIST_MAX_AGE_S}"
    return response
