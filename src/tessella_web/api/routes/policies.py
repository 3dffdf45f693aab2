"""What the organisation says of itself to learners."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from django.http import HttpRequest
from pydantic import Field, StringConstraints

from tessella_web.api.access import caller
from tessella_web.api.operations import Given, Shape, Table
from tessella_web.catalogue.providers import domain
from tessella_web.catalogue.providers.domain import MAX_TEXT, Written
from tessella_web.catalogue.providers.models import Policy, Subject

operation = Table("Organisation")

SubjectName = Literal[
    "about", "ownership", "financing", "complaints", "recognition", "accessibility", "privacy", "retention"
]
"""What a learner wants to know before beginning, and after."""


class PolicyShape(Shape):
    """What is said about a subject in a language."""

    subject: str
    language: str
    text: str
    url: str = Field(description="Where it stands at length.")
    changed_at: dt.datetime


class Policies(Shape):
    """Everything that is said, by language and subject."""

    items: list[PolicyShape]


class PolicyGiven(Given):
    """What is said; both empty takes it away."""

    text: Annotated[str, StringConstraints(strict=True, max_length=MAX_TEXT, pattern=r"^[^\x00]*$")] = ""
    url: Annotated[
        str,
        StringConstraints(
            strict=True, max_length=200, pattern=r"^(https?://[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+)?$"
        ),
    ] = ""


@operation("GET", "/organisation/policies", {200: Policies}, capability="organisation.view")
def list_policies(request: HttpRequest) -> Policies:
    """What the organisation says of itself, such as how one complains, in each language."""
    return _all(request)


@operation("PUT", "/organisation/policies/{subject}/{language}", {200: Policies}, capability="organisation.manage",
           example={"text": "Write to the ombudsperson; an answer takes two weeks.", "url": ""})  # fmt: skip
def write_policy(
    request: HttpRequest,
    subject: SubjectName,
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z]{2,8})?$")],
    body: PolicyGiven,
) -> Policies:
    """Say something about a subject in a language; everybody reads it on the page of the organisation."""
    who = caller(request)
    domain.write_policies(
        by=who.person, organisation=who.organisation, language=language,
        policies={Subject(subject): Written(body.text, body.url)},
    )  # fmt: skip
    return _all(request)


def _all(request: HttpRequest) -> Policies:
    found = Policy.objects.filter(organisation=caller(request).organisation).order_by("language", "subject")
    return Policies(
        items=[
            PolicyShape(subject=one.subject, language=one.language, text=one.text, url=one.url, changed_at=one.changed_at)
            for one in found
        ]
    )  # fmt: skip
