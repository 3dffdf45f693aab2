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
from tessella_web.accounts.recovery.ways import standing_of
from tessella_web.common.errors import RefusedError
from tessella_web.credentials import queries
from tessella_web.credentials.alliances.queries import together
from tessella_web.credentials.domain import claiming, statuslists
from tessella_web.credentials.domain.claiming import Link
from tessella_web.credentials.domain.sealers import EXPLANATIONS
from tessella_web.credentials.mandates.queries import mandate_of
from tessella_web.credentials.models import Award, AwardState, StatusList
from tessella_web.insight import domain as insight
from tessella_web.insight.models import What

HELD = "held-awards"
"""In the session: awards claimed there without an account."""

LIST_MAX_AGE_S = 300
"""How long a verifier's cache may keep a status list: so long may a revocation take to be seen."""


def found_award(id: str) -> Award:
    award = queries.public_award(id)
    if award is None:
        raise Http404
    return award


def standing(award: Award) -> tuple[str, str]:
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
    award = found_award(id)
    record = award.version.record()
    languages = (get_language() or "en", record.language)
    state, word = standing(award)
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
    """Opening the link asks first: programs that look into mails must not use it up. What is no longer open says why, and what helps."""
    award = found_award(id)
    key = request.POST.get("key", "") or request.GET.get("key", "")
    person = request.user if isinstance(request.user, Person) else None
    if request.method == "POST" and request.POST.get("action") == "again":
        return _asked_again(request, award, key)
    if request.method == "POST" and claiming.link_state(award, key) is Link.OPEN:
        claiming.claim(award=award, key=key, person=person)
        request.session[HELD] = [*request.session.get(HELD, []), award.id]
        messages.success(
            request,
            _("It is in your wallet.") if person else _("It is yours. Keep the files somewhere safe."),
        )
        return after_keeping(person, award) if person else redirect("award-files", id)
    link = claiming.link_state(award, key)
    if link is not Link.OPEN and _holds(request, award):
        return redirect("award-files", id)
    record = award.version.record()
    return render(request, "pages/award/claim.html", {
        "award": award, "key": key, "record": record, "link": link.value,
        "title": pick(record.title, (get_language() or "en", record.language)),
    })  # fmt: skip


def _asked_again(request: HttpRequest, award: Award, key: str) -> HttpResponse:
    """Whoever has an old link asks for a new one; it goes to the address that staff knows."""
    try:
        new = claiming.ask_again(award=award, key=key)
    except RefusedError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        who = {"who": award.organisation.name}
        messages.success(
            request,
            _("%(who)s is told. A new link comes to the address it was sent to, once somebody there has looked.") % who
            if new else _("%(who)s was told already today.") % who,
        )  # fmt: skip
    return redirect("award", award.id)


def after_keeping(person: Person, award: Award) -> HttpResponse:
    """To what is in the wallet now; first to a second way to sign in, where the address that somebody has will end."""
    return (
        redirect("second-way") if standing_of(person).reminds else redirect("wallet-entry", f"a-{award.id}")
    )


def _holds(request: HttpRequest, award: Award) -> bool:
    own = isinstance(request.user, Person) and award.holder_id == request.user.id
    held = request.session.get(HELD, [])
    # One link leads to the copies of all members of an alliance, also of those who seal later.
    return own or award.id in held or (bool(held) and any(one.id in held for one in together(award)))


def may_keep(request: HttpRequest, award: Award) -> bool:
    """Whether it was claimed in this browser, and nobody keeps it with an account."""
    return award.id in request.session.get(HELD, []) and award.holder_id is None


@require_safe
def files(request: HttpRequest, id: str) -> HttpResponse:
    """The holder's files."""
    award = found_award(id)
    if not _holds(request, award):
        raise Http404
    shown = [
        (copy, queries.format_facts(copy), EXPLANATIONS.get(copy.format, ""))
        for copy in sorted(award.copies.all(), key=lambda one: one.format != "pdf")  # for people first
    ]
    record = award.version.record()
    languages = (get_language() or "en", record.language)
    context = {
        "award": award, "files": shown, "title": pick(record.title, languages), "together": together(award),
        "record": record, "outcomes": [pick(one.title, languages) for one in record.outcomes],
        "hours": record.workload.hours if record.workload else None,
        "kept": isinstance(request.user, Person) and award.holder_id == request.user.id,
        "may_keep": may_keep(request, award),
    }  # fmt: skip
    return render(request, "pages/award/files.html", context)


@require_safe
def file(request: HttpRequest, id: str, format: str) -> FileResponse:
    """One file, for its holder and for staff of the organisation."""
    award = found_award(id)
    if not (_holds(request, award) or queries.is_staff(request.user, award)):
        raise Http404
    copy = next((one for one in award.copies.all() if one.format == format), None)
    if copy is None or not copy.file:
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
    if one is None or suffix not in statuslists.suffixes(one):
        raise Http404
    body = statuslists.served(one, suffix)
    if not body:  # asked for before the worker came to it
        try:
            body = statuslists.served(statuslists.publish(one), suffix)
        except RefusedError as error:
            raise Http404 from error
    media_type = "application/statuslist+jwt" if one.is_token else "application/vc+ld+json"
    response = HttpResponse(body, content_type=media_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={LIST_MAX_AGE_S}"
    return response
