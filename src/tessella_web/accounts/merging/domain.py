"""Bringing two accounts of one person together: the only code that moves what is somebody's to somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from allauth.account.models import EmailAddress
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from tessella_web.accounts.assurance import require_fresh_sign_in
from tessella_web.accounts.domain import sign_out_device
from tessella_web.accounts.merging.models import Merged
from tessella_web.accounts.merging.moving import belongings, checks, rules
from tessella_web.accounts.models import Person
from tessella_web.common import audit
from tessella_web.common.errors import RefusedError

__all__ = ["Preview", "merge", "merge_own", "preview"]

_LEFT_BEHIND = frozenset(
    {"accounts.Device", "accounts.SignInLink", "recovery.EmergencyCode", "recovery.Postponement"}
)
"""What opened the other account, or was said of it: it ends with it. Sessions, links, and codes that name nothing any more."""

_WHOSE = frozenset({"person", "holder", "user"})
"""Fields that say whose something is; the others say who did it."""


class Preview(NamedTuple):
    """What will move, counted by the model's label, and what both accounts have of which one stays."""

    counts: dict[str, int]
    clashes: Sequence[Any]


def preview(*, into: Person, other: Person) -> Preview:
    """What merging would do; nothing is changed."""
    with transaction.atomic():
        counts, clashes = _move_all(into, other)
        transaction.set_rollback(True)
    known = rules()
    return Preview(counts, [known[one].words for one in clashes if known[one].words])


def merge_own(*, into: Person, other: Person) -> Merged:
    """Merge another account into the one that somebody is signed in to. Callers make sure that both are theirs.

    Raises:
        FreshSignInError: ``accounts.sign-in-again``.
        RefusedError: ``merging.same``; ``merging.conflict``: something cannot be moved, and nothing was.
    """
    require_fresh_sign_in()
    return merge(into=into, other=other, because="own")


@transaction.atomic
def merge(*, into: Person, other: Person, because: str) -> Merged:
    """Move everything, then end the other account. It cannot be undone.

    Raises:
        RefusedError: ``merging.same``; ``merging.conflict``.
    """
    if into.pk == other.pk:
        raise RefusedError(
            _("This is the account you are in."), code="merging.same", field="email",
            hint=_("Enter an address of the other one."),
        )  # fmt: skip
    people = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=[into.pk, other.pk])}
    stays, goes = people[into.pk], people[other.pk]
    for device in list(goes.devices.all()):
        sign_out_device(person=goes, device=device)
    _move_all(stays, goes)
    former = goes.pk
    goes.delete()
    made = Merged.objects.create(former=former, person=stays)
    audit.record(
        "person.merged", f"person:{audit.reference_of(stays.id)}", actor_id=stays.id,
        facts={"former": audit.reference_of(former), "because": because},
    )  # fmt: skip
    return made


def _move_all(into: Person, other: Person) -> tuple[dict[str, int], list[str]]:
    """Move every row; how many by label, and the labels of which some clashed."""
    for person in (into, other):  # accounts made by others may have noted none
        EmailAddress.objects.get_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )
    for check in checks():
        check(into, other)
    moved: dict[str, int] = {}
    clashes: list[str] = []
    for field in belongings():
        label = field.model._meta.label
        if label in _LEFT_BEHIND:
            continue
        rows = field.model._default_manager.filter(**{field.name: other})
        count = rows.count()
        if count == 0:
            continue
        if field.name in _WHOSE:
            moved[label] = moved.get(label, 0) + count
        if _is_pointed_at(field) or not _moved_at_once(rows, field, into):
            clashes += [label] if _moved_singly(rows, field, into) else []
    return moved, list(dict.fromkeys(clashes))


def _is_pointed_at(field: models.Field[Any, Any]) -> bool:
    """Whether the row is named by the person itself, and others name it so: it cannot just be renamed."""
    return bool(field.primary_key and field.model._meta.related_objects)


def _moved_at_once(rows: models.QuerySet[Any], field: models.Field[Any, Any], into: Person) -> bool:
    try:
        with transaction.atomic():
            rows.update(**{field.name: into})
    except IntegrityError:
        return False
    return True


def _moved_singly(rows: models.QuerySet[Any], field: models.Field[Any, Any], into: Person) -> bool:
    """Move row by row, by the model's rule where one clashes; whether any did."""
    rule, clashed = rules().get(field.model._meta.label), False
    for row in list(rows):
        if not _is_pointed_at(field) and _moved_at_once(rows.filter(pk=row.pk), field, into):
            continue
        if rule is None:
            raise RefusedError(
                _("Both accounts have something of which there can be only one."),
                code="merging.conflict", hint=_("Write to whoever runs this platform; nothing was changed."),
            )  # fmt: skip
        rule.settle(row, into)
        clashed = True
    return clashed
