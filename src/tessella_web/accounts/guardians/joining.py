"""An account of somebody under age is not merged into another: its shield would be gone. See also the rules of `accounts.merging`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tessella_web.accounts.merging.moving import check_first
from tessella_web.accounts.models import Person
from tessella_web.common.errors import RefusedError

__all__ = ["nobody_under_age"]


@check_first
def nobody_under_age(into: Person, other: Person) -> None:
    """The account that goes is not that of somebody under age, whether their day of birth was said or not.

    Raises:
        RefusedError: ``minors.no-merging``.
    """
    if other.is_minor:
        raise RefusedError(
            _("The other account is that of somebody under age."), code="minors.no-merging",
            hint=_("Bring them together from there, or when it has come of age."),
        )  # fmt: skip
