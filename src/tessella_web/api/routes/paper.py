"""Sheets of paper: for people without a mail address, who take their award with the codes on it."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from pydantic import Field

from tessella_web.api.access import caller
from tessella_web.api.operations import Given, Id, Media, Table
from tessella_web.api.routes.batches import own_batch
from tessella_web.credentials.models import Award
from tessella_web.credentials.paper import domain

operation = Table("Awards")

PDF = Media(("application/pdf",), "The sheets, to be printed.")


class SheetsGiven(Given):
    """Whose sheets."""

    everybody: bool = Field(default=False, description="Not only of those who have no mail address.")
    part: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1, description="Where there are more than one file takes."
    )


class SheetGiven(Given):
    """Whether the earlier one is lost."""

    is_lost: bool = Field(default=False, description="Then the code on it works no more.")


@operation(
    "POST", "/batches/{id}/sheets", {200: PDF}, capability="batch.prepare", example={"everybody": False}
)
def print_batch_sheets(request: HttpRequest, id: Id, body: SheetsGiven) -> HttpResponse:
    """The sheets of a batch, one for each person. Whoever has a sheet can take the award once: hand it to nobody else."""
    batch = own_batch(request, id)
    data = domain.print_batch(
        by=caller(request).person, batch=batch, everybody=body.everybody, part=body.part
    )
    return _pdf(data)


@operation("POST", "/awards/{id}/sheet", {200: PDF}, capability="batch.prepare", example={"is_lost": True})
def print_award_sheet(request: HttpRequest, id: Id, body: SheetGiven) -> HttpResponse:
    """The sheet of one award."""
    found = Award.objects.filter(pk=id, organisation=caller(request).organisation).first()
    if found is None:
        raise Http404
    return _pdf(domain.print_award(by=caller(request).person, award=found, is_lost=body.is_lost))


def _pdf(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="sheets.pdf"'
    return response
