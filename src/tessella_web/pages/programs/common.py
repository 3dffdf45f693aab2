"""What the pages for programs share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require, roles_of
from tessella_web.common.errors import DomainError

__all__ = ["add_refusal", "crumbs", "person_of", "workspace"]


def workspace(request: HttpRequest, slug: str, capability: str) -> Organisation:
    """The organisation: 404 for those who do not work there, 403 (by the error pages) for those who may not do this."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None or not roles_of(request.user, organisation):
        raise Http404
    require(request.user, organisation, capability)
    return organisation


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; call it after `workspace`."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def add_refusal(form: forms.Form, error: DomainError) -> None:
    """Show why the domain said no: at its field, or on top."""
    form.add_error(
        error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip()
    )


def crumbs(organisation: Organisation, *others: tuple[Any, str]) -> list[tuple[Any, str]]:
    """The way here from the workspace."""
    return [
        (organisation.name, reverse("workspace", args=[organisation.slug])),
        (_("For programs"), reverse("programs", args=[organisation.slug])),
        *others,
    ]
