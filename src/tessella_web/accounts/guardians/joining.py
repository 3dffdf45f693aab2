"""An account of somebody under age is not merged into another: its shield would be gone."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.guardians.models import Minority
from tessella_web.accounts.merging.moving import check_first, rule_for
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError

__all__ = ["nobody_under_age", "not_of_age"]


@check_first
def nobody_under_age(into: Person, other: Person) -> None:
    """The account that goes is not that of somebody under age, whether their day of birth was said or not.

    Raises:
        RefusedError: ``minors.no-merging``.
    """
    if other.is_minor:
        raise _under_age()


@rule_for("guardians.Minority")
def not_of_age(row: Minority, into: Person) -> None:
    """Nobody grows up by merging."""
    raise _under_age()


def _under_age() -> RefusedError:
    return RefusedError(
        _("The other account is that of somebody under age."), code="minors.no-merging",
        hint=_("Bring them together from there, or when it has come of age."),
    )  # fmt: skip
