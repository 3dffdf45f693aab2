"""Keeping a register: the pages of those who enter bodies and reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tessella_web.accounts.models import Organisation
from tessella_web.accounts.permissions import may
from tessella_web.common.errors import DomainError
from tessella_web.pages.access import add_refusal, person_of, workspace
from tessella_web.pages.registers.words import field_choices, level_choices
from tessella_web.registers import queries
from tessella_web.registers.domain import identity, registers
from tessella_web.registers.models import Claim, Decision, EntryStatus, LearningKind, Register

__all__ = [
    "confirm",
    "enter",
    "listing",
    "new",
    "overview",
    "register_of",
    "report",
    "snapshot",
    "status",
    "withdraw",
]

DAY = forms.DateInput(attrs={"type": "date"})


class RegisterForm(forms.Form):
    """A new register."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    slug = forms.SlugField(
        label=gettext_lazy("Short name"),
        max_length=60,
        help_text=gettext_lazy("Part of its address: small letters, digits and hyphens."),
    )
    description = forms.CharField(
        label=gettext_lazy("What it lists, and on what grounds"), widget=forms.Textarea, required=False
    )
    website = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    is_quality_decision = forms.BooleanField(
        label=gettext_lazy("Being listed means that quality was assured"),
        required=False,
        help_text=gettext_lazy(
            "Leave it empty where the register only names bodies, and reports say the rest."
        ),
    )


class ScopeForm(forms.Form):
    """What a decision covers; nothing chosen means everything."""

    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Levels"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Of the European Qualifications Framework. None means all."),
    )  # fmt: skip
    fields_of_study = forms.MultipleChoiceField(
        label=gettext_lazy("Fields of study"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None means all."),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of learning"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=LearningKind.choices, help_text=gettext_lazy("None means all."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = level_choices()  # type: ignore[attr-defined]
        self.fields["fields_of_study"].choices = field_choices()  # type: ignore[attr-defined]

    def scope(self) -> dict[str, Any]:
        """As the domain takes it."""
        found = self.cleaned_data
        return {"levels": found["levels"], "fields": found["fields_of_study"], "kinds": found["kinds"]}


class EntryForm(ScopeForm):
    """A body to list."""

    name = forms.CharField(label=gettext_lazy("Official name of the body"), max_length=300)
    country = forms.CharField(label=gettext_lazy("Country"), max_length=60)
    legal_id = forms.CharField(
        label=gettext_lazy("Legal identifier"), max_length=80, required=False,
        help_text=gettext_lazy("As in seal certificates, such as NTRNL-12345678. It tells bodies of the same name apart."),
    )  # fmt: skip
    homepage = forms.URLField(label=gettext_lazy("Website"), required=False, assume_scheme="https")
    number = forms.CharField(label=gettext_lazy("Number in the register"), max_length=80)
    valid_from = forms.DateField(label=gettext_lazy("Listed from"), widget=DAY)
    valid_to = forms.DateField(label=gettext_lazy("Listed until"), widget=DAY, required=False)
    url = forms.URLField(label=gettext_lazy("Page with the decision"), required=False, assume_scheme="https")
    field_order = ("name", "country", "legal_id", "homepage", "number", "valid_from", "valid_to", "url")


class ReportForm(ScopeForm):
    """A report about a body that is listed."""

    entry = forms.CharField(label=gettext_lazy("Number of the body in this register"), max_length=80)
    agency = forms.CharField(label=gettext_lazy("Official name of the agency"), max_length=300)
    number = forms.CharField(label=gettext_lazy("Number of the report"), max_length=80)
    decision = forms.ChoiceField(label=gettext_lazy("Decision"), choices=Decision.choices)
    decided_on = forms.DateField(label=gettext_lazy("Decided on"), widget=DAY)
    valid_until = forms.DateField(
        label=gettext_lazy("Valid until"), widget=DAY, required=False,
        help_text=gettext_lazy("Empty means six years, as in the European database of quality reports."),
    )  # fmt: skip
    url = forms.URLField(label=gettext_lazy("Address of the report"), required=False, assume_scheme="https")
    field_order = ("entry", "agency", "number", "decision", "decided_on", "valid_until", "url")


class StatusForm(forms.Form):
    """Another status from a day on."""

    status = forms.ChoiceField(label=gettext_lazy("New status"), choices=EntryStatus.choices)
    on = forms.DateField(label=gettext_lazy("From which day"), widget=DAY)
    reason = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea, help_text=gettext_lazy("Everybody can read it.")
    )


class WithdrawForm(forms.Form):
    """Why a report should not have been here."""

    reason = forms.CharField(
        label=gettext_lazy("Why it should not be here"),
        widget=forms.Textarea,
        help_text=gettext_lazy("Everybody can read it. The report stays readable and counts no more."),
    )


def register_of(organisation: Organisation, slug: str) -> Register:
    """A register that this organisation keeps."""
    found = organisation.registers.select_related("organisation").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("Registers"), reverse("keeping", args=[organisation.slug])),
        *others,
    ]


def register_crumbs(register: Register, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace, through the register."""
    organisation = register.organisation
    return crumbs(
        organisation,
        (register.name, reverse("keeping-register", args=[organisation.slug, register.slug])),
        *others,
    )


@login_required
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The registers that the organisation keeps."""
    organisation = workspace(request, slug, "organisation.view")
    return render(request, "pages/registers/keeping.html", {
        "organisation": organisation,
        "crumbs": crumbs(organisation)[:1],
        "registers": queries.registers_of(organisation),
        "may_manage": may(request.user, organisation, "register.manage"),
    })  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a register."""
    organisation = workspace(request, slug, "register.manage")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = registers.open_register(
                by=person_of(request), organisation=organisation, **form.cleaned_data
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The register is open."))
            return redirect("keeping-register", slug, made.slug)
    return _form(request, form, crumbs(organisation), _("Open a register"), _("Open the register"))


@login_required
@require_GET
def overview(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """Its entries, imports and snapshots, and what waits."""
    organisation = workspace(request, slug, "organisation.view")
    found = register_of(organisation, register)
    manages = may(request.user, organisation, "register.manage")
    search = request.GET.get("q", "")
    return render(request, "pages/registers/keeping-register.html", {
        "organisation": organisation,
        "register": found,
        "crumbs": crumbs(organisation),
        "may_manage": manages,
        "may_import": may(request.user, organisation, "register.import"),
        "search": search,
        "entries": queries.entries(found, search=search)[:20],
        "imports": queries.imports_of(found)[:10],
        "snapshots": queries.snapshots_of(found)[:5],
        "claims": queries.claims_on_listed(found, timezone.localdate())[:50] if manages and found.is_accepted else [],
    })  # fmt: skip


@login_required
@require_POST
def snapshot(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """Keep the register as it is now."""
    organisation = workspace(request, slug, "register.manage")
    found = registers.take_snapshot(by=person_of(request), register=register_of(organisation, register))
    messages.success(request, _("Snapshot %(number)s is there for everybody.") % {"number": found.number})
    return redirect("keeping-register", slug, register)


@login_required
@require_POST
def confirm(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """Say that an organisation acts for a body that is listed."""
    organisation = workspace(request, slug, "register.manage")
    found = register_of(organisation, register)
    claim = (
        Claim.objects.select_related("organisation", "body").filter(pk=request.POST.get("claim", "")).first()
    )
    if claim is None:
        raise Http404
    try:
        identity.confirm_by_register(claim=claim, by=person_of(request), register=found)
    except DomainError as error:
        messages.error(request, f"{error.message} {error.hint}")
    else:
        messages.success(request, _("%(name)s is confirmed.") % {"name": claim.organisation.name})
    return redirect("keeping-register", slug, register)


@login_required
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """List a body."""
    organisation = workspace(request, slug, "register.manage")
    found = register_of(organisation, register)
    form = EntryForm(request.POST or None, initial={"valid_from": timezone.localdate().isoformat()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            entry = registers.enter_named(
                by=person_of(request), register=found, scope=form.scope(),
                **{key: given[key] for key in ("name", "country", "legal_id", "homepage", "number", "valid_from", "valid_to", "url")},
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("%(name)s is listed.") % {"name": entry.body.name})
            return redirect("keeping-register", slug, register)
    return _form(request, form, register_crumbs(found), _("Enter a body"), _("Enter the body"))


@login_required
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, slug: str, register: str) -> HttpResponse:
    """Record a report about a body that is listed."""
    organisation = workspace(request, slug, "register.manage")
    found = register_of(organisation, register)
    form = ReportForm(request.POST or None, initial={"entry": request.GET.get("entry", "")})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            registers.report_on_entry(
                by=person_of(request), register=found, scope=form.scope(), decision=Decision(given["decision"]),
                **{key: given[key] for key in ("entry", "agency", "number", "decided_on", "valid_until", "url")},
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The report is recorded."))
            return redirect("keeping-register", slug, register)
    return _form(request, form, register_crumbs(found), _("Record a report"), _("Record the report"))


@login_required
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, slug: str, register: str, id: str) -> HttpResponse:
    """Change the status of an entry."""
    organisation = workspace(request, slug, "register.manage")
    found = register_of(organisation, register)
    entry = queries.entry(found, id)
    if entry is None:
        raise Http404
    form = StatusForm(request.POST or None, initial={"on": timezone.localdate().isoformat()})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            registers.change_status(
                by=person_of(request), entry=entry, status=EntryStatus(given["status"]), on=given["on"], reason=given["reason"]
            )  # fmt: skip
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The status is changed."))
            return redirect("register-entry", register, id)
    links = [
        (
            _("Withdraw report %(number)s") % {"number": one.number},
            reverse("keeping-withdraw", args=[slug, register, one.id]),
        )
        for one in queries.reports_about(entry.body, found)
        if one.withdrawn_at is None
    ]
    title = _("Status of %(name)s") % {"name": entry.body.name}
    return _form(request, form, register_crumbs(found), title, _("Change the status"), links)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, slug: str, register: str, id: str) -> HttpResponse:
    """Withdraw a report."""
    organisation = workspace(request, slug, "register.manage")
    found = register_of(organisation, register)
    report = (
        found.reports.select_related("body", "register__organisation")
        .filter(pk=id, withdrawn_at=None)
        .first()
    )
    if report is None:
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            registers.withdraw_report(
                by=person_of(request), report=report, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, _("The report counts no more."))
            return redirect("keeping-register", slug, register)
    title = _("Withdraw report %(number)s about %(name)s") % {
        "number": report.number,
        "name": report.body.name,
    }
    return _form(request, form, register_crumbs(found), title, _("Withdraw the report"))


def _form(
    request: HttpRequest,
    form: forms.Form,
    way: list[tuple[Any, str]],
    title: str,
    action: str,
    links: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """A page with one form, and ``links`` to what else can be done about the thing."""
    context = {"form": form, "crumbs": way, "title": title, "action": action, "links": links or []}
    return render(request, "pages/registers/form.html", context)
