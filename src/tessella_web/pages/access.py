"""What pages of all areas share: who asks, where they work, and what the domain refused."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest

from tessella_web.accounts.models import Organisation, Person
from tessella_web.accounts.permissions import require, roles_of
from tessella_web.common.errors import DomainError

__all__ = ["add_refusal", "person_of", "workspace"]


def workspace(request: HttpRequest, slug: str, capability: str) -> Organisation:
    """The organisation: 404 for those who do not work there, 403 (by the error pages) for those who may not do this."""
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None or not roles_of(request.user, organisation):
        raise Http404
    require(request.user, organisation, capability)
    return organisation


def person_of(request: HttpRequest) -> Person:
    """Who is signed in; for views that require it: nobody else gets there."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def add_refusal(form: forms.Form, error: DomainError) -> None:
    """Show why the domain said no: at its field, or on top."""
    message = f"{error.message} {error.hint}".strip()
    form.add_error(error.field if error.field in form.fields else None, message)
