"""Signed reports to keep on file. The answer carries its report, so that nothing has to be stored to give it out."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tessella_web.common.errors import RefusedError
from tessella_web.credentials.verifying.answers import Found
from tessella_web.credentials.verifying.reports import (
    as_json,
    as_pdf,
    digest_of,
    is_ours,
    own_report,
    signed_report,
)

__all__ = ["about_report", "as_file", "report_text"]

MAX_FIELD_BYTES = 1_000_000
"""A longer report would make the page heavy for everybody who does not want one: then it is not offered."""


def report_text(found: Found, data: bytes, name: str) -> str:
    """The signed report as one line of text, for a hidden field; empty when it is too long for a page."""
    made = signed_report(found.report, name=name, sha256=digest_of(data), size=len(data))
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= MAX_FIELD_BYTES else ""


def about_report(found: Found) -> dict[str, Any] | None:
    """What was found about a verification report that somebody hands in; None for anything else."""
    told = found.report.subject
    if found.report.format != "verification-report" or "reported_verdict" not in told:
        return None
    return {
        "is_ours": is_ours(found.report),
        "issuer": told.get("issuer", ""),
        "verdict": told["reported_verdict"],
        "file": told["reported_file"],
        "sha256": told["reported_sha256"],
        "as_of": str(told["reported_as_of"])[:10],
    }


def as_file(document: dict[str, Any], suffix: str) -> HttpResponse:
    """The report to save."""
    body = as_pdf(document) if suffix == "pdf" else as_json(document)
    response = HttpResponse(body, content_type="application/pdf" if suffix == "pdf" else "application/json")
    response["Content-Disposition"] = f'attachment; filename="verification-report.{suffix}"'
    response["Cache-Control"], response["X-Robots-Tag"] = "no-store", "noindex"
    return response


@sensitive_post_parameters()
@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """The report of an answer, which comes back with the request, as data or as a page. Only what was signed here is given out."""
    document = own_report(request.POST.get("report", "").encode())
    if document is None:
        raise RefusedError(
            _("This report was not made here, or it was changed."),
            code="verify.no-report",
            hint=_("Check the file again and take the report from the answer."),
        )
    return as_file(document, "pdf" if "pdf" in request.POST else "json")
