"""Hand in a file, a text or a link; read the answer. Nothing is kept: the answer is made in one go and not stored."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tessella.verdicts import Verdict, combine
from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.answers import MAX_UPLOAD_BYTES, Check, Credential, Found, answer
from tessella_web.credentials.verifying.links import linked, without_person
from tessella_web.insight import domain as insight
from tessella_web.pages.registers.words import evidence_rows, state_words
from tessella_web.pages.verify.report import about_report, report_text

MAX_REASONS = 4
"""More than a reader takes in at the top; all of them stand with their checks."""

_END_OF_DAY = dt.time(23, 59, 59, tzinfo=dt.UTC)


class Question(NamedTuple):
    """What a reader asks, and the checks that answer."""

    id: str
    title: Any
    checks: tuple[str, ...]


QUESTIONS = (
    Question("intact", gettext_lazy("Is the file as it was made?"), ("format", "seal", "timestamp")),
    Question("page", gettext_lazy("Does the page say what the credential says?"), ("page",)),
    Question(
        "who", gettext_lazy("Who sealed it, and how is that known?"), ("binding", "key-status", "trust")
    ),
    Question("register", gettext_lazy("What do registers say about the issuer?"), ("registry",)),
    Question("valid", gettext_lazy("Does it still stand?"), ("validity", "status")),
    Question("content", gettext_lazy("Is it a whole micro-credential?"), ("completeness", "audit")),
    Question("holder", gettext_lazy("Does it belong to the person who shows it?"), ("holder",)),
)
"""The checks by what people ask; a check of a name that is not here stands at the end."""


SHOWN = ("holder", "issuer", "awarded_on", "issued_at", "valid_until")
"""The facts a reader needs; the rest stands with the technical ones. The title is the heading."""


class HandInForm(forms.Form):
    """What is to be verified, and as of when."""

    file = forms.FileField(
        label=gettext_lazy("File"), required=False,
        widget=forms.FileInput(attrs={"data-drop": ""}),
        help_text=gettext_lazy("A certificate as PDF, a badge picture, a photo of the page with its code, a sealed file, a mail or a ZIP of them; up to 12 MB. Nothing is kept."),
    )  # fmt: skip
    photo = forms.FileField(
        label=gettext_lazy("Or photograph its code"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-scan": ""}),
        help_text=gettext_lazy("On a telephone this opens the camera."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Or paste what you were sent"), required=False, strip=True,
        max_length=MAX_UPLOAD_BYTES, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("The text of a credential, or the address on its code."),
    )  # fmt: skip
    on = forms.DateField(
        label=gettext_lazy("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty for today. The day of the award is looked at in any case."),
    )  # fmt: skip

    def clean_file(self) -> Any:
        """Refuses what is too large."""
        return self._small("file")

    def clean_photo(self) -> Any:
        """The same."""
        return self._small("photo")

    def _small(self, field: str) -> Any:
        file = self.cleaned_data.get(field)
        if file is not None and file.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("The file is larger than 12 MB. Send fewer certificates at once."))
        return file

    def clean_on(self) -> dt.date | None:
        """Refuses days to come: nobody knows what will be revoked until then."""
        day: dt.date | None = self.cleaned_data.get("on")
        if day and day > timezone.now().date():
            raise forms.ValidationError(_("This day is yet to come. Choose today or an earlier one."))
        return day

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.get(name) for name in ("file", "photo", "text")):
            self.add_error("file", _("Choose a file, or paste the text you were sent."))
        return data

    def handed_in(self) -> tuple[bytes, str]:
        """The content and its name."""
        file = self.cleaned_data.get("file") or self.cleaned_data.get("photo")
        if file:
            return file.read(MAX_UPLOAD_BYTES + 1), str(file.name)
        return self.cleaned_data["text"].encode(), _("pasted text")

    def at(self) -> dt.datetime | None:
        """The end of the day asked for, but not later than now."""
        day = self.cleaned_data.get("on")
        return min(timezone.now(), dt.datetime.combine(day, _END_OF_DAY)) if day else None


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form; with something handed in the answer."""
    form = HandInForm(request.POST, request.FILES) if request.method == "POST" else HandInForm()
    if request.method != "POST" or not form.is_valid():
        return render(request, "pages/verify/ask.html", {"form": form})
    data, name = form.handed_in()
    try:
        behind = linked(data)
    except RefusedError as error:
        form.add_error("text", f"{error.message} {error.hint}")
        return render(request, "pages/verify/ask.html", {"form": form})
    found = answer(
        behind.data if behind else data, name=name, languages=(get_language() or "en", "en"), at=form.at()
    )
    if behind and behind.is_anonymous:
        found = without_person(found)
    insight.count_verified(one.own.award_id for one in found.credentials if one.own)
    reported = about_report(found)
    context = {
        "found": found,
        "reasons": _reasons(found),
        "title": _headline(found, reported),
        "on": form.cleaned_data.get("on"),
        "is_anonymous": bool(behind and behind.is_anonymous),
        "now": timezone.now(),
        "signed": report_text(found, behind.data if behind else data, name),
        "reported": reported,
        "credentials": [shown(one) for one in found.credentials],
    }
    response = render(request, "pages/verify/answer.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _reasons(found: Found) -> list[str]:
    """Why it did not pass: what the deciding checks found, each once."""
    if found.report.verdict is Verdict.PASSED:
        return []
    if any(lead.behind for one in found.credentials if len(one.checks) == 1 for lead in one.leads):
        return [
            _(
                "There is no credential in it, only a code. The record that the code leads to is below; compare it with the page."
            )
        ]
    checks = [check.view for one in found.credentials for check in one.checks]
    texts = [one.explanation for one in checks if one.decides and one.verdict is found.report.verdict]
    return list(dict.fromkeys(texts))[:MAX_REASONS]


def _headline(found: Found, reported: object = None) -> str:
    if reported and found.report.verdict is Verdict.PASSED:
        return _("This report is genuine")  # what it reports may have failed
    return {
        "passed": _("This holds"),
        "failed": _("Do not rely on this"),
        "indeterminate": _("Not everything could be established"),
    }.get(str(found.report.verdict), _("Nothing in it could be checked"))


def shown(one: Credential) -> dict[str, Any]:
    """A credential with its checks under what people ask."""
    by_id: dict[str, Check] = {check.view.id: check for check in one.checks}
    groups = [(question, [by_id.pop(id) for id in question.checks if id in by_id]) for question in QUESTIONS]
    if by_id:
        groups.append((Question("other", _("What else was looked at"), ()), list(by_id.values())))
    return {
        "credential": one,
        "groups": [_answered(question, checks) for question, checks in groups if checks],
        "quality": state_words(one.quality.answer) if one.quality else None,
        "evidence": evidence_rows(one.quality.answer) if one.quality else [],
        "facts": [fact for name, fact in zip(one.facts, one.view.facts, strict=True) if name in SHOWN],
        "technical": [
            fact for name, fact in zip(one.facts, one.view.facts, strict=True) if name not in SHOWN
        ],
    }


def _answered(question: Question, checks: list[Check]) -> dict[str, Any]:
    """A question with the verdict of its checks together, and what the weightiest of them found."""
    asked = [check for check in checks if check.view.verdict is not Verdict.NOT_APPLICABLE]
    verdict = combine(check.view.verdict for check in asked) if asked else Verdict.NOT_APPLICABLE
    return {
        "question": question,
        "verdict": verdict,
        **_looks([check for check in checks if check.view.verdict is verdict]),
        "says": [check.view.explanation for check in asked or checks if check.view.verdict is verdict],
        "checks": [{"check": check, **_looks([check])} for check in checks],
    }


def _looks(checks: list[Check]) -> dict[str, Any]:
    """How an answer is shown: what failed and decides nothing is a warning, and never looks like a failure."""
    if not any(one.view.verdict is Verdict.FAILED for one in checks):
        return {"look": checks[0].view.verdict, "word": ""}
    if any(one.view.decides for one in checks):
        return {"look": Verdict.FAILED, "word": ""}
    return {"look": Verdict.INDETERMINATE, "word": _("A warning")}
